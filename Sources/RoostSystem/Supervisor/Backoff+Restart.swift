import Roost

extension Backoff {
    /// The pauses before something that ended is started again.
    static let restart = Backoff(longest: .seconds(10), jitter: 1...1)
}
