import NIOCore
import NIOPosix
import Roost

/// An HTTP/1.1 client that keeps its connections for the next request to the same address.
public struct HTTPClient: Sendable {
    /// What a client puts up with.
    public struct Configuration: Sendable {
        /// How long a connection may take to be made: 2 s.
        public var connectTimeout = Duration.seconds(2)
        /// How long a request without a deadline waits for its response's head: 30 s.
        public var responseTimeout = Duration.seconds(30)
        /// How long a connection is kept unused: 30 s, less than servers keep theirs.
        public var idleTimeout = Duration.seconds(30)
        /// The most connections to one address: 64.
        public var connections = 64
        /// The most requests that may wait for a connection to one address: 1024. One more is refused with 503.
        public var waiters = 1024

        /// How connections are secured; `nil` for not at all.
        public var security: (any ClientTransportSecurity)?
        /// Whether a response with these fields goes on until one side has had enough. Its connection then takes no place that others wait
        /// for. Streams of events, unless told.
        public var isEndless: @Sendable (Headers) -> Bool = ServerSentEvents.isOne

        public init() {}
    }

    let configuration: Configuration
    let pool: ConnectionPool

    /// - Parameter group: whose event loops the connections live on. A request made on one of them prefers a connection there.
    public init(_ configuration: Configuration = Configuration(), group: MultiThreadedEventLoopGroup = .singleton) {
        self.configuration = configuration
        pool = ConnectionPool(configuration, group: group)
    }

    /// Sends a request and returns once the response's head has come; a short body has come with it, a longer one is streamed.
    /// - Parameters:
    ///   - deadline: when the whole exchange must be over, the streamed body included.
    ///   - isAlone: whether to use a connection of its own, as a request should that may go on for long: it must not fill one of the few
    ///     places that others wait for.
    /// - Throws: a `Problem`: 503 where no answer came, 504 where the deadline passed, 502 where the answer was no HTTP;
    ///   `CancellationError`; whatever the request's body throws.
    public func send(
        _ request: Request, to address: HTTPAddress, deadline: ContinuousClock.Instant? = nil, isAlone: Bool = false
    ) async throws -> Response {
        do throws(TransportError) {
            return try await exchange(request, with: address, deadline: deadline, isAlone: isAlone)
        } catch {
            throw error.thrown
        }
    }

    /// The same, with a failure that says how far the request came, and who is to blame.
    func exchange(
        _ request: Request, with address: HTTPAddress, deadline: ContinuousClock.Instant?, isAlone: Bool = false
    ) async throws(TransportError) -> Response {
        let timing = ExchangeTiming(deadline: deadline, headBy: deadline ?? .now + configuration.responseTimeout)
        if isAlone { return try await openAlone(address).exchange(request, timing) }
        let connection = try await lease(address, by: timing.headBy, isFresh: false)
        if connection.isReused {
            do throws(TransportError) {
                return try await connection.exchange(request, timing)
            } catch {
                guard Self.mayRepeat(request, after: error) else { throw error }
            }
            // The server had closed the connection that was kept: that says nothing about the server.
            return try await lease(address, by: timing.headBy, isFresh: true).exchange(request, timing)
        }
        return try await connection.exchange(request, timing)
    }

    private func openAlone(_ address: HTTPAddress) async throws(TransportError) -> PooledConnection {
        do { return try await pool.openAlone(address) } catch { throw TransportError(notSent: error) }
    }

    private func lease(
        _ address: HTTPAddress, by limit: ContinuousClock.Instant, isFresh: Bool
    ) async throws(TransportError) -> PooledConnection {
        do { return try await pool.lease(address, by: limit, isFresh: isFresh) } catch { throw TransportError(notSent: error) }
    }

    /// Closes what is not in use, and the rest when it is no longer; requests from now on are refused with 503.
    public func shutdown() { pool.shutdown() }

    private static func mayRepeat(_ request: Request, after failure: TransportError) -> Bool {
        switch failure.progress {
        case .notSent: return true
        case .answered: return false
        case .unanswered:
            guard case .bytes = request.body else { return false }
            return request.method.isIdempotent
        }
    }
}

/// Until when an exchange may take.
struct ExchangeTiming {
    /// When all of it must be over.
    let deadline: ContinuousClock.Instant?
    /// When the response's head must have come.
    let headBy: ContinuousClock.Instant
}
