import Roost
import RoostHTTP
import Synchronization

/// The connections to one target: the call goes to the one with the fewest calls under way; one more is made where all are busy.
///
/// A name is looked up for each new connection, and connections are renewed as servers end them, so that a target that has moved is
/// found.
final class ConnectionSet: Sendable {
    /// The most connections, and with how many calls on each one more is made.
    static let most = 4
    static let busy = 64

    private struct State {
        var connections: [HTTP2Connection] = []
        var opening: Task<HTTP2Connection, any Error>?
        var backoff = ConnectionBackoff()
        var isClosed = false
    }

    private enum Choice {
        case use(HTTP2Connection)
        case wait(Task<HTTP2Connection, any Error>)
        case refuse(Problem)
    }

    private let address: HTTPAddress
    private let configuration: HTTP2Connection.Configuration
    private let state = Mutex(State())

    init(_ address: HTTPAddress, _ configuration: HTTP2Connection.Configuration) {
        self.address = address
        self.configuration = configuration
    }

    /// A connection that takes a call.
    /// - Throws: a `Problem` with status 503 where there is none and none can be made now.
    func connection() async throws -> HTTP2Connection {
        var opened: HTTP2Connection?
        // All who waited for one connection choose anew, as it may not have room for all of them.
        for _ in 0..<Self.most {
            switch state.withLock({ choose(&$0) }) {
            case .use(let connection): return connection
            case .wait(let opening): opened = try await opening.value
            case .refuse(let problem): throw problem
            }
        }
        guard let opened else { throw Problem.unavailable("\(address) cannot be reached.") }
        return opened
    }

    /// Lets the calls under way end, and takes no more.
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
        let least = state.connections.min { $0.activeStreams < $1.activeStreams }
        if let least, least.activeStreams < min(Self.busy, least.maxStreams) { return .use(least) }
        if state.connections.count < Self.most, state.opening == nil, state.backoff.retryAt.map({ $0 <= .now }) ?? true {
            state.opening = open()
        }
        if let least, least.activeStreams < least.maxStreams { return .use(least) }
        if let opening = state.opening { return .wait(opening) }
        // Where none has room the call waits on the one with the least to do.
        if let least { return .use(least) }
        return .refuse(.unavailable("\(address) cannot be reached."))
    }

    /// Waited for by all who need it, and cancelled with none of them.
    private func open() -> Task<HTTP2Connection, any Error> {
        Task {
            do {
                let connection = try await HTTP2Connection.open(to: address, configuration)
                let isWanted = state.withLock { state in
                    state.opening = nil
                    state.backoff.succeed()
                    if !state.isClosed { state.connections.append(connection) }
                    return !state.isClosed
                }
                guard isWanted else { throw Problem.unavailable("The client is closed.") }
                return connection
            } catch {
                state.withLock { state in
                    state.opening = nil
                    state.backoff.fail(at: .now)
                }
                throw error
            }
        }
    }
}
