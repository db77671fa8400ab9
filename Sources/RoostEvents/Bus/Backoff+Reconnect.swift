import Roost

extension Backoff {
    /// The pauses before the bus or the database is tried again, for as long as it takes.
    static let reconnect = Backoff(longest: .seconds(5))
}

extension Task where Success == Never, Failure == Never {
    /// - Returns: whether the whole time passed; `false` where the task was cancelled.
    @discardableResult
    static func pause(for duration: Duration) async -> Bool { (try? await sleep(for: duration)) != nil }
}
