public import Roost

/// When processes that end are restarted, and how long a supervisor waits for them.
public struct RestartPolicy: Sendable {
    /// The pauses before a process is restarted. A process that ran for the longest pause starts a new streak.
    public var backoff: Backoff
    /// The exit codes of failures that a restart would repeat; by default 78 (EX_CONFIG of BSD's sysexits.h).
    public var permanentExitCodes: Set<Int32>
    /// How long all processes may take until they are ready for the first time.
    public var startLimit: Duration
    /// How long a process may take to finish its work before it is killed.
    public var grace: Duration

    /// Creates a policy.
    /// - Parameters:
    ///   - backoff: The pauses before a process is restarted.
    ///   - permanentExitCodes: The exit codes of failures that a restart would repeat.
    ///   - startLimit: How long all processes may take until they are ready for the first time.
    ///   - grace: How long a process may take to finish its work before it is killed.
    public init(
        backoff: Backoff = Backoff(longest: .seconds(10), jitter: 1...1), permanentExitCodes: Set<Int32> = [78],
        startLimit: Duration = .seconds(60), grace: Duration = .seconds(22)
    ) {
        self.backoff = backoff
        self.permanentExitCodes = permanentExitCodes
        self.startLimit = startLimit
        self.grace = grace
    }
}
