import Roost
import RoostData

/// How the jobs of a queue are worked on.
public struct WorkOptions: Sendable {
    /// The number of jobs that a process works on at once. Batches are handled one at a time.
    public var concurrency: Int
    /// How often a job is tried before it is dead, and the pauses between attempts.
    public var retry: RetryPolicy
    /// How long a process that hangs keeps its jobs. A process that dies loses them immediately.
    public var lease: Duration
    /// How often a process looks for changes that no signal announced: jobs that another process added, and processes that died. Where
    /// signals announce both (SQLite on Linux), it is at least two seconds.
    public var poll: Duration
    /// How long jobs in progress may take after the queue is asked to stop, before they are cancelled.
    public var grace: Duration
    /// How long the identifier of a finished job is remembered, so that the job is not added again; `nil` forgets it immediately.
    public var retention: Duration?
    /// How long a dead job is kept; `nil` keeps it until somebody decides.
    public var deadRetention: Duration?
    /// When the end of a job counts as done. If a lost end does no harm because a repetition of the job has no effect, `deferred` saves the
    /// synchronization with the disk.
    public var durability: CommitDurability
    /// How many times in a row the process may die during attempts at a job before the job is dead. A queue without a limit of attempts has
    /// no such limit either.
    public var crashes: Int
    /// The name of a job in the log, such as `mail`.
    public var noun: String

    /// How many times in a row the process may die during attempts at a job before the job is tried alone; by default, one time fewer than
    /// before it is dead.
    package var crashesUntilAlone: Int?

    /// Whether an attempt counts if the worker stops before its outcome is recorded. If not, the job is given back as if it had not been tried.
    package var countsInterruptions = false

    /// How the job of such an attempt is given back.
    var interrupted: WorkStore.Release { countsInterruptions ? .counted : .untried }

    /// Whether jobs are tried for ever.
    var isUnlimited: Bool { retry.attempts == .max }

    /// The number of crashes after which a job is tried alone.
    var suspicion: Int { crashesUntilAlone ?? (isUnlimited ? .max : crashes - 1) }

    /// Creates options.
    /// - Parameters:
    ///   - concurrency: The number of jobs that a process works on at once, at least 1.
    ///   - retry: How often a job is tried, and the pauses between attempts.
    ///   - lease: How long a process that hangs keeps its jobs.
    ///   - poll: How often a process looks for jobs that no signal announced.
    ///   - grace: How long jobs in progress may take once the queue stops.
    ///   - retention: How long the identifier of a finished job is remembered.
    ///   - deadRetention: How long a dead job is kept; `nil` keeps it until somebody decides.
    ///   - durability: When the end of a job counts as done.
    ///   - crashes: How many times in a row the process may die during attempts at a job before the job is dead, at least 2.
    ///   - noun: What a job is called in the log.
    public init(
        concurrency: Int = 16, retry: RetryPolicy = RetryPolicy(), lease: Duration = .seconds(15), poll: Duration = .milliseconds(400),
        grace: Duration = .seconds(5), retention: Duration? = nil, deadRetention: Duration? = nil,
        durability: CommitDurability = .durable, crashes: Int = 3, noun: String = "job"
    ) {
        self.concurrency = max(1, concurrency)
        self.retry = retry
        self.lease = lease
        self.poll = poll
        self.grace = grace
        self.retention = retention
        self.deadRetention = deadRetention
        self.durability = durability
        self.crashes = max(2, crashes)
        self.noun = noun
    }
}
