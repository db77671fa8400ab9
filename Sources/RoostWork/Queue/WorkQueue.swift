import Roost
import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Jobs that are done because of a change: added in its transaction, worked on after, and ended exactly once.
///
/// The jobs are rows of the service's own database. Any number of processes may run the queue at once: each job is claimed by one, under
/// a lease. A process that died loses its jobs at once, one that hangs when its lease is over, and from then on it can change nothing of
/// them: whatever it writes is guarded by the epoch of its claim.
///
/// A job is worked on at least once. What its handler changes in the queue's database takes effect exactly once where the handler ends
/// the job in the same transaction (`ClaimedJob.finish(in:)`).
public struct WorkQueue<Job: Schema>: Sendable {
    /// The queue's name, unique in its database and never changed.
    public let name: String
    public let options: WorkOptions
    let store: WorkStore
    let signal = WorkSignal()

    /// Creates a queue.
    /// - Parameters:
    ///   - name: Unique in its database, and never changed.
    ///   - database: The service's own, with `WorkTables.migrations`.
    public init(_ name: String, in database: Database, options: WorkOptions = WorkOptions()) {
        self.name = name
        self.options = options
        store = WorkStore(queue: name, database: database)
    }

    /// Adds a job with a transaction: it is worked on once the transaction is committed, and never if it is not.
    ///
    /// Where the queue has a job of this identifier already, waiting, dead or still remembered, that is the job, and nothing is added.
    /// - Parameters:
    ///   - id: The job's identifier in its queue; a new one where left out.
    ///   - key: Jobs of one key are worked on one after the other, in the order in which they were added. A dead one lets the others pass.
    ///   - date: The earliest time to work on it; now where left out.
    /// - Returns: Whether it was added.
    /// - Throws: A `DatabaseError`.
    @discardableResult
    public func add(
        _ job: Job, id: String = UUID.v7().text, key: String? = nil, at date: Date? = nil, in transaction: Transaction
    ) async throws -> Bool {
        let isAdded = try await Self.add(job, to: name, id: id, key: key, at: date, in: transaction)
        if isAdded { transaction.onCommit { [signal] in signal.fire() } }
        return isAdded
    }

    /// Adds a job to the queue of a name, where there is no value of the queue at hand. The workers learn of it by the database's commits,
    /// where they are told of those, or by their next look.
    /// - Returns: Whether it was added.
    /// - Throws: A `DatabaseError`.
    @discardableResult
    public static func add(
        _ job: Job, to name: String, id: String = UUID.v7().text, key: String? = nil, at date: Date? = nil, in transaction: Transaction
    ) async throws -> Bool {
        let trace = RequestContext.current.traceparent
        return try await WorkStore.add(JSON.text(job), to: name, id: id, key: key, at: date, traceparent: trace, in: transaction)
    }

    /// Has a job tried now, with all its attempts: one that waits for its next attempt, and one that is dead. One that is being worked on
    /// is tried again at once if that fails.
    /// - Returns: Whether there is such a job.
    /// - Throws: A `DatabaseError`.
    @discardableResult
    public func retry(_ id: String, in transaction: Transaction) async throws -> Bool {
        let isThere = try await store.retry(id, in: transaction)
        if isThere { transaction.onCommit { [signal] in signal.fire() } }
        return isThere
    }

    /// Has a job tried now, as `retry(_:in:)` does, in a transaction of its own.
    @discardableResult
    public func retry(_ id: String) async throws -> Bool {
        try await store.database.transaction { try await retry(id, in: $0) }
    }

    /// Returns the dead jobs, the oldest first.
    /// - Parameter limit: The most to return.
    public func dead(limit: Int) async throws -> [DeadJob<Job>] {
        try await store.dead(limit: limit).map { row in
            DeadJob(
                id: row.id, key: row.key, job: Result { try JSON.decode(Job.self, from: Array(row.json.utf8)) }, reason: row.reason,
                attempts: row.attempts, date: row.date)
        }
    }

    /// Forgets a dead job.
    /// - Returns: Whether there was one of this identifier.
    @discardableResult
    public func discard(_ id: String) async throws -> Bool { try await store.discard(id) }
}

/// A job that is worked on no more, with the reason.
public struct DeadJob<Job: Schema>: Sendable {
    public let id: String
    public let key: String?
    /// An error where what was added cannot be read as such a job.
    public let job: Result<Job, any Error>
    public let reason: String
    /// How often it was tried.
    public let attempts: Int
    /// When it died.
    public let date: Date
}
