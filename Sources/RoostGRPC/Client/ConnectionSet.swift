import NIOCore
import NIOPosix
import Roost
import RoostHTTP
import Synchronization

/// The connections to one target. A call uses a connection on its own event loop, which needs no change of thread, or else the one with the
/// fewest calls in progress. Another connection is opened if all are busy, or for an event loop that has none.
///
/// The name is resolved for each new connection, and connections are renewed as servers end them, so that a target that has moved is found.
final class ConnectionSet: Sendable {
    /// The largest number of connections, and the number of calls on each from which on another one is opened.
    static let most = max(4, System.coreCount)
    static let busy = 64
    /// The pauses before a target that could not be reached is tried again (gRPC, "Connection Backoff Protocol").
    ///
    /// gRPC's own limit is 120 s. Here all callers share the pause, each call can lengthen it, and a service that has recovered must be
    /// found soon; one attempt in 5 s costs little.
    static let backoff = Backoff(first: .seconds(1), longest: .seconds(5), factor: 1.6, jitter: 0.8...1.2)

    private struct State {
        var connections: [HTTP2Connection] = []
        /// The connection that is being opened.
        var pending: Promise<HTTP2Connection>?
        var failures = FailureStreak(ConnectionSet.backoff)
        /// When a target that could not be reached can be tried again.
        var retryAt: ContinuousClock.Instant?
        var isClosed = false
    }

    private enum Choice {
        case use(HTTP2Connection)
        case wait(Promise<HTTP2Connection>)
        case refuse(Problem)
    }

    private static let late = Problem(.gatewayTimeout, "No connection was available in time.")

    private let address: HTTPAddress
    private let configuration: HTTP2Connection.Configuration
    private let state = Mutex(State())

    init(_ address: HTTPAddress, _ configuration: HTTP2Connection.Configuration) {
        self.address = address
        self.configuration = configuration
    }

    /// Returns a connection for a call.
    /// - Parameter deadline: The time until which to wait for one.
    /// - Throws: A `Problem` with status 503 if there is none and none can be opened now, or 504 after the deadline; a `CancellationError`.
    func connection(by deadline: ContinuousClock.Instant?) async throws -> HTTP2Connection {
        var opened: HTTP2Connection?
        // All calls that waited for one connection choose again, since it may not have capacity for all of them.
        for _ in 0..<Self.most {
            switch state.withLock({ choose(&$0) }) {
            case .use(let connection): return connection
            case .wait(let pending): opened = try await pending.value(by: deadline, orThrow: Self.late)
            case .refuse(let problem): throw problem
            }
        }
        guard let opened else { throw Problem.unavailable("\(address) cannot be reached.") }
        return opened
    }

    /// Lets the calls in progress end, and accepts no more.
    func close() {
        let connections = state.withLock { state in
            state.isClosed = true
            defer { state.connections = [] }
            return state.connections
        }
        for connection in connections { connection.close(gracefully: true) }
    }

    private func choose(_ state: inout State) -> Choice {
        guard !state.isClosed else { return .refuse(.unavailable("The client is closed.")) }
        state.connections.removeAll { !$0.isUsable }
        let loop = MultiThreadedEventLoopGroup.currentEventLoop
        let near = loop.flatMap { loop in state.connections.first { $0.eventLoop === loop } }
        let least = near.flatMap { isBusy($0) ? nil : $0 } ?? state.connections.min { $0.activeStreams < $1.activeStreams }
        let isEnough = least.map { !isBusy($0) } ?? false
        if !isEnough || loop != nil && near == nil { openOne(more: &state, on: loop) }
        // If none has capacity, the call waits for the one with the least to do.
        if let least, isEnough || least.activeStreams < least.maxStreams || state.pending == nil { return .use(least) }
        if let pending = state.pending { return .wait(pending) }
        return .refuse(.unavailable("\(address) cannot be reached."))
    }

    private func isBusy(_ connection: HTTP2Connection) -> Bool { connection.activeStreams >= min(Self.busy, connection.maxStreams) }

    private func openOne(more state: inout State, on loop: (any EventLoop)?) {
        guard state.connections.count < Self.most, state.pending == nil, state.retryAt.map({ $0 <= .now }) ?? true else { return }
        let pending = Promise<HTTP2Connection>()
        state.pending = pending
        // All calls that need the connection wait for this task, and none of them cancels it.
        Task { pending.fulfill(await open(on: loop)) }
    }

    private func open(on loop: (any EventLoop)?) async -> Result<HTTP2Connection, any Error> {
        do {
            let connection = try await HTTP2Connection.open(to: address, configuration, on: loop)
            return state.withLock { state in
                state.pending = nil
                state.failures.succeed()
                state.retryAt = nil
                guard !state.isClosed else { return .failure(Problem.unavailable("The client is closed.")) }
                state.connections.append(connection)
                return .success(connection)
            }
        } catch {
            state.withLock { state in
                state.pending = nil
                state.retryAt = .now + state.failures.fail()
            }
            return .failure(error)
        }
    }
}
