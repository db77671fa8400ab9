import Roost

/// How a queue's jobs are worked on.
public struct WorkOptions: Sendable {
    /// How many jobs a process works on at once, or how many batches.
    public var concurrency: Int
    /// How often a job is tried before it is dead, and the pauses between.
    public var retry: RetryPolicy
    /// How long a process that hangs keeps its jobs. One that dies loses them at once.
    public var lease: Duration
    /// How often a process looks for what no signal told it: jobs that another process added, and processes that died.
    public var poll: Duration
    /// How long jobs under way may take once the queue is to stop, before they are cancelled.
    public var grace: Duration
    /// How long the identifier of a job that is done is remembered, so that it is not added again. `nil` forgets it at once.
    public var retention: Duration?
    /// How long a dead job is kept; `nil` keeps it until somebody decides.
    public var deadRetention: Duration?
    /// What a job is called in the log, such as `mail`.
    public var noun: String

    public init(
        concurrency: Int = 16, retry: RetryPolicy = RetryPolicy(), lease: Duration = .seconds(15), poll: Duration = .milliseconds(500),
        grace: Duration = .seconds(5), retention: Duration? = nil, deadRetention: Duration? = nil, noun: String = "job"
    ) {
        self.concurrency = max(1, concurrency)
        self.retry = retry
        self.lease = lease
        self.poll = poll
        self.grace = grace
        self.retention = retention
        self.deadRetention = deadRetention
        self.noun = noun
    }
}
