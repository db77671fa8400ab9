import Logging
import Synchronization

/// What is known of the server: its time, and whether it can be reached.
final class RedisServerState: Sendable {
    private let state = Mutex((clock: RedisClock(), isDown: false))
    private let logger = Logger(label: "roost.redis")

    /// The server's time, in milliseconds since 1970.
    var now: Int64 { state.withLock { $0.clock.now } }

    /// Takes note of the outcome of an attempt to connect. The first failure of several, and the success after them, are logged.
    func note(_ result: Result<RedisConnection, RedisError>) {
        switch result {
        case .success(let connection):
            let wasDown = state.withLock { state in
                defer { state = (connection.clock, false) }
                return state.isDown
            }
            if wasDown { logger.info("The store can be reached again.") }
        case .failure(let error):
            let wasDown = state.withLock { state in
                defer { state.isDown = true }
                return state.isDown
            }
            if !wasDown { logger.warning("The store cannot be reached.", metadata: ["error": "\(error.reason)"]) }
        }
    }
}
