import Roost

extension Backoff {
    /// The pauses before the bus or the database is tried again, without a limit of attempts.
    static let reconnect = Backoff(longest: .seconds(5))
}

extension Task where Success == Never, Failure == Never {
    /// Pauses the task.
    /// - Returns: Whether the whole time has passed; `false` if the task was cancelled.
    @discardableResult
    static func pause(for duration: Duration) async -> Bool { (try? await sleep(for: duration)) != nil }
}
