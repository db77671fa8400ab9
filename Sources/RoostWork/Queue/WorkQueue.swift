import Roost
import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Durable jobs that result from changes: they are added in the transaction of the change, worked on afterwards, and ended exactly once.
///
/// The jobs are rows in the service's own database. Any number of processes can run the queue at once: each job is claimed by one of them,
/// under a lease. A process that dies loses its jobs immediately, and one that hangs loses them when its lease expires. From then on it
/// cannot change them, because everything it writes is guarded by the epoch of its claim.
///
/// A handler has no time limit of its own: as long as its process lives, the process keeps the job. Set one where a handler waits for others.
///
/// A job is worked on at least once. Changes of the queue's database take effect exactly once if the handler ends the job in the same
/// transaction (`ClaimedJob.finish(in:)`).
public struct WorkQueue<Job: Schema>: Sendable {
    /// The queue's name, unique in its database and never changed.
    public let name: String
    /// How the queue's jobs are worked on.
    public let options: WorkOptions
    let store: WorkStore
    /// Notifies the workers of this process.
    let added = Notifier()

    /// Creates a queue.
    /// - Parameters:
    ///   - name: A name that is unique in the database and never changed.
    ///   - database: The service's own database, with `WorkTables.migrations`.
    ///   - options: How the jobs are worked on.
    public init(_ name: String, in database: Database, options: WorkOptions = WorkOptions()) {
        self.name = name
        self.options = options
        // A job that may be given up for killing its process is tried alone first, so that no other job can be the cause.
        store = WorkStore(queue: name, database: database, suspicion: options.suspicion)
    }

    /// Adds a job in a transaction: it is worked on after the commit, or never if the transaction is rolled back.
    ///
    /// If the queue already has a job with this identifier, waiting, dead or remembered, nothing is added.
    /// - Parameters:
    ///   - job: The job.
    ///   - id: The identifier of the job in its queue; a new one by default.
    ///   - key: Jobs with the same key are worked on one after the other, in the order in which they were added. A dead job does not block
    ///     the others.
    ///   - date: The earliest time to work on the job; by default, now.
    ///   - transaction: The transaction.
    /// - Returns: Whether the job was added.
    /// - Throws: A `DatabaseError`.
    @discardableResult
    public func add(
        _ job: Job, id: String = UUID.v7().text, key: String? = nil, at date: Date? = nil, in transaction: Transaction
    ) async throws -> Bool {
        let isAdded = try await Self.add(job, to: name, id: id, key: key, at: date, in: transaction)
        if isAdded { transaction.onCommit { [added] in added.notify() } }
        return isAdded
    }

    /// Adds a job to the queue with this name, for code that does not have the queue itself. Its workers notice the job at the commit if they
    /// are notified of commits, and otherwise the next time that they look.
    /// - Returns: Whether the job was added.
    /// - Throws: A `DatabaseError`.
    @discardableResult
    public static func add(
        _ job: Job, to name: String, id: String = UUID.v7().text, key: String? = nil, at date: Date? = nil, in transaction: Transaction
    ) async throws -> Bool {
        try await WorkStore.add(
            JSON.text(job), to: name, id: id, key: key, at: date, after: EarlierAttempts(),
            traceparent: RequestContext.current?.traceparent,
            in: transaction)
    }

    /// Adds a job at which others have made attempts.
    /// - Parameters:
    ///   - job: The job.
    ///   - id: The identifier of the job in its queue.
    ///   - key: The key of jobs that are worked on one after the other.
    ///   - earlier: The attempts.
    ///   - traceparent: The trace that the job belongs to.
    ///   - transaction: The transaction.
    /// - Returns: Whether the queue had no job with this identifier.
    @discardableResult
    package func add(
        _ job: Job, id: String, key: String, after earlier: EarlierAttempts, traceparent: String?, in transaction: Transaction
    ) async throws -> Bool {
        let isAdded = try await WorkStore.add(
            JSON.text(job), to: name, id: id, key: key, at: nil, after: earlier, traceparent: traceparent, in: transaction)
        if isAdded {
            transaction.onCommit { [added, store] in
                if earlier.isOver { store.countDeath() }
                added.notify()
            }
        }
        return isAdded
    }

    /// Tries a job now, with all of its attempts, whether it waits for its next attempt or is dead. A job in progress is tried again
    /// immediately if it fails.
    /// - Returns: Whether there is such a job.
    /// - Throws: A `DatabaseError`.
    @discardableResult
    public func retry(_ id: String, in transaction: Transaction) async throws -> Bool {
        let isThere = try await store.retry(id, in: transaction)
        if isThere { transaction.onCommit { [added] in added.notify() } }
        return isThere
    }

    /// Tries a job now, as `retry(_:in:)` does, in a transaction of its own.
    /// - Returns: Whether there is such a job.
    /// - Throws: A `DatabaseError`.
    @discardableResult
    public func retry(_ id: String) async throws -> Bool {
        try await store.database.transaction { try await retry(id, in: $0) }
    }

    /// Returns the dead jobs, the oldest first.
    /// - Parameter limit: The largest number to return.
    /// - Throws: A `DatabaseError`.
    public func dead(limit: Int) async throws -> [DeadJob<Job>] {
        try await store.dead(limit: limit).map { row in
            DeadJob(
                id: row.id, key: row.key, job: Result { try JSON.decode(Job.self, from: Array(row.json.utf8)) }, reason: row.reason,
                attempts: row.attempts, date: row.date, holdsKey: row.holdsKey)
        }
    }

    /// Deletes a dead job.
    /// - Returns: Whether there was a dead job with this identifier.
    /// - Throws: A `DatabaseError`.
    @discardableResult
    public func discard(_ id: String) async throws -> Bool { try await store.discard(id) }
}

/// A job that is no longer worked on, and the reason.
public struct DeadJob<Job: Schema>: Sendable {
    /// The job's identifier in its queue.
    public let id: String
    /// The key of jobs that are worked on one after the other, if the job has one.
    public let key: String?
    /// The job, or an error if the stored data cannot be read as one.
    public let job: Result<Job, any Error>
    /// Why the job is dead.
    public let reason: String
    /// The number of attempts.
    public let attempts: Int
    /// The time at which the job ended.
    public let date: Date
    /// Whether the later jobs of its key wait until it is tried again or discarded.
    public let holdsKey: Bool
}
