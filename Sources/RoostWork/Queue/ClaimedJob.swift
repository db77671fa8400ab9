import Roost
import RoostData
import Synchronization

/// A job that this process is working on.
///
/// The job ends when its handler returns, unless the handler has ended it already. If another process has taken the job because the lease
/// expired, each of these functions throws a `DatabaseError` with the code `.jobLost`. A handler should not catch that error; the queue does
/// not treat it as a failure.
public struct ClaimedJob<Job: Schema>: Sendable {
    /// The job's identifier in its queue.
    public let id: String
    /// The key of jobs that are worked on one after the other, if the job has one.
    public let key: String?
    /// The job.
    public let job: Job
    /// The number of this attempt, from 1. An attempt during which the process died counts too.
    public let attempt: Int
    let claim: JobClaim
    let store: WorkStore
    let options: WorkOptions
    /// How many times in a row the process has died during an attempt.
    package var crashes = 0

    /// Ends the job in a transaction, so that its effect and its end are one commit.
    /// - Throws: A `DatabaseError`, with the code `.jobLost` if another process has the job.
    public func finish(in transaction: Transaction) async throws {
        try await store.finish([claim], keeping: options.retention != nil, in: transaction)
        transaction.onCommit { [claim] in claim.settle() }
    }

    /// Ends the job.
    /// - Throws: A `DatabaseError`, with the code `.jobLost` if another process has the job.
    public func finish() async throws {
        try await store.database.transaction(durability: options.durability) { try await finish(in: $0) }
    }

    /// Records in a transaction that the job has made progress: its next failure counts as the first. The transaction is rolled back if
    /// another process has the job.
    /// - Throws: A `DatabaseError`, with the code `.jobLost` if another process has the job.
    public func progress(in transaction: Transaction) async throws {
        try await store.progress(claim, in: transaction)
        transaction.onCommit { [claim] in claim.hasProgressed.store(true, ordering: .relaxed) }
    }

    /// Notes that the attempt failed: the job is tried again after a pause, or is dead if the failure is permanent or this was the
    /// last attempt.
    /// - Throws: A `DatabaseError`, with the code `.jobLost` if another process has the job.
    public func fail(_ error: any Error) async throws { try await claim.fail(error, in: store, options) }

    /// Gives the job back as if it had not been tried.
    /// - Throws: A `DatabaseError`, with the code `.jobLost` if another process has the job.
    public func release() async throws {
        try await store.release([claim])
        claim.settle()
    }

    /// Gives the job back without counting the attempt. Jobs that were not tried yet come first, as far as there is room for both.
    /// - Throws: A `DatabaseError`, with the code `.jobLost` if another process has the job.
    package func giveWay() async throws {
        try await store.release([claim], as: .behindOthers)
        claim.settle()
    }

    /// Gives the job back as if it had not been tried, for a pause.
    /// - Throws: A `DatabaseError`, with the code `.jobLost` if another process has the job.
    package func release(for pause: Duration) async throws {
        try await store.postpone(claim, for: pause, attempts: claim.failures - 1, crashes: crashes)
        claim.settle()
    }
}

extension DatabaseError {
    /// Another worker has taken a job, so nothing that its claim guards takes effect.
    package static let jobLost = DatabaseError(.jobLost, "Another worker has taken the job.")
}

extension Error {
    /// Whether another worker has taken the job.
    package var isJobLost: Bool { (self as? DatabaseError)?.code == .jobLost }
}

/// The identity of a claim: its row, and the epoch under which it was claimed.
final class JobClaim: Sendable {
    let number: Int64
    let epoch: Int64
    let id: String
    let worker: String
    private let attempt: Int
    private let settled = Atomic(false)
    let hasProgressed = Atomic(false)

    init(number: Int64, epoch: Int64, id: String, worker: String, attempt: Int) {
        self.number = number
        self.epoch = epoch
        self.id = id
        self.worker = worker
        self.attempt = attempt
    }

    var isSettled: Bool { settled.load(ordering: .acquiring) }

    func settle() { settled.store(true, ordering: .releasing) }

    /// The number of consecutive failures, if this attempt fails.
    var failures: Int { hasProgressed.load(ordering: .relaxed) ? 1 : attempt }

    func fail(_ error: any Error, in store: WorkStore, _ options: WorkOptions) async throws {
        let reason = FailureKind.reason(of: error), failures = failures, limit = options.retry.attempts
        var logger = RequestContext.currentLogger
        logger[metadataKey: options.noun] = "\(id)"
        guard FailureKind(of: error) == .transient, failures < limit else {
            try await store.end(self, because: reason)
            settle()
            logger.error(
                "The \(options.noun) failed permanently, attempt \(failures): \(reason). It stays in the table roost_work as dead.")
            return
        }
        let pause = options.retry.backoff.pause(after: failures)
        try await store.postpone(self, for: pause, attempts: failures)
        settle()
        // The first failures tell what is wrong; later ones only that it is still wrong.
        guard failures <= 12 || failures.nonzeroBitCount == 1 else { return }
        let bound = limit == .max ? "" : " of \(limit)"
        logger.warning("The \(options.noun) failed, attempt \(failures)\(bound): \(reason). Next try in \(pause.roundedSeconds) s.")
    }
}
