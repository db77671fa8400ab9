import Roost

extension Backoff {
    /// The pauses before a process that ended is restarted.
    static let restart = Backoff(longest: .seconds(10), jitter: 1...1)
}
