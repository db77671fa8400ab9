import NIOCore
import NIOPosix
import Roost

/// An HTTP/1.1 client that reuses connections for requests to the same address.
public struct PooledHTTPClient: Sendable {
    /// The limits and the security of a client.
    public struct Configuration: Sendable {
        /// How long it may take to connect: 2 s.
        public var connectTimeout = Duration.seconds(2)
        /// How long a request without a deadline waits for the head of its response: 30 s.
        public var responseTimeout = Duration.seconds(30)
        /// How long an unused connection is kept: 30 s, which is less than servers keep it.
        public var idleTimeout = Duration.seconds(30)
        /// The largest number of connections to one address: 64.
        public var connections = 64
        /// The largest number of requests that wait for a connection to one address: 1024. Further requests are refused with 503.
        public var waiters = 1024

        /// How connections are secured; `nil` for plain TCP.
        public var security: (any ClientTransportSecurity)?
        /// Returns whether a response with these fields continues until one side ends it. Its connection then does not count against the
        /// limit. By default, this applies to event streams.
        public var isEndless: @Sendable (Headers) -> Bool = ServerSentEvents.isOne

        /// Creates the default configuration.
        public init() {}
    }

    let configuration: Configuration
    let pool: ConnectionPool

    /// Creates a client.
    /// - Parameters:
    ///   - configuration: The limits and the security.
    ///   - group: The event loops of the connections. A request on one of them prefers a connection there.
    public init(_ configuration: Configuration = Configuration(), group: MultiThreadedEventLoopGroup = .singleton) {
        self.configuration = configuration
        pool = ConnectionPool(configuration, group: group)
    }

    /// Sends a request, and returns once the head of the response has arrived. A short body is complete then, and a longer one is streamed.
    /// - Parameters:
    ///   - request: The request.
    ///   - address: The address of the server.
    ///   - deadline: The time by which the whole exchange must be complete, including a streamed body.
    ///   - isAlone: Whether to use a connection of its own. A request that may take long should, because it would otherwise occupy one of
    ///     the few connections that others wait for.
    /// - Throws: A `Problem` with status 503 if no response came, 504 after the deadline, or 502 if the response is invalid; a
    ///   `CancellationError`; the error of the request's body.
    public func send(
        _ request: Request, to address: HTTPAddress, deadline: ContinuousClock.Instant? = nil, isAlone: Bool = false
    ) async throws -> Response {
        do throws(TransportError) {
            return try await exchange(request, with: address, deadline: deadline, isAlone: isAlone)
        } catch {
            throw error.thrown
        }
    }

    /// Sends a request as `send` does. The error says how far the request got, and whether the server is responsible for it.
    func exchange(
        _ request: Request, with address: HTTPAddress, deadline: ContinuousClock.Instant?, isAlone: Bool = false
    ) async throws(TransportError) -> Response {
        guard !Task.isCancelled else { throw TransportError(.notSent, CancellationError()) }
        let timing = ExchangeTiming(deadline: deadline, headBy: deadline ?? .now + configuration.responseTimeout)
        if isAlone { return try await openAlone(address).exchange(request, timing) }
        let connection = try await lease(address, by: timing.headBy, isFresh: false)
        if connection.isReused {
            do throws(TransportError) {
                return try await connection.exchange(request, timing)
            } catch {
                guard !Task.isCancelled, Self.mayRepeat(request, after: error) else { throw error }
            }
            // The server had closed the reused connection, which says nothing about the server.
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

    /// Closes unused connections, and the others once they are no longer used. Further requests are refused with 503.
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

/// The time limits of an exchange.
struct ExchangeTiming {
    /// The time by which the whole exchange must be complete.
    let deadline: ContinuousClock.Instant?
    /// The time by which the head of the response must have arrived.
    let headBy: ContinuousClock.Instant
}
