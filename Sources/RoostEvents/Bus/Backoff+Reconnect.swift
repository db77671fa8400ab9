import Roost

extension Backoff {
    /// The pauses before the bus or the database is tried again, without a limit of attempts.
    static let reconnect = Backoff(longest: .seconds(5))
}
