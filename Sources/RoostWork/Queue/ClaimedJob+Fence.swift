import RoostData

extension ClaimedJob {
    /// Creates a job that does not belong to a queue, for a replay, which does no work.
    package init(detached job: Job, id: String, in database: Database) {
        let claim = JobClaim(number: 0, epoch: 0, id: id, worker: "", attempt: 1)
        self.init(
            id: id, key: nil, job: job, attempt: 1, claim: claim, store: WorkStore(queue: "", database: database), options: WorkOptions())
    }

    /// The condition under which this claim still stands, for statements that are guarded by it.
    package var fence: SQL { WorkStore.guarded(claim) }

    /// Notes that the job was ended or given back, by statements that the fence guards.
    package func settle() { claim.settle() }
}

extension WorkQueue {
    /// Wakes the workers of this process.
    package func wake() { added.notify() }

    /// Wakes the workers of all processes at the commit of a transaction that makes jobs due by statements of its own.
    package static func announce(in transaction: Transaction) async throws { try await WorkStore.announce(in: transaction) }
}

/// Points in time of jobs.
package enum JobTime {
    /// The time at which a job is due that waits until somebody decides: the end of the year 9999, in milliseconds since 1970.
    package static let never: Int64 = 253_402_300_799_000
}

extension Querying {
    /// The current time in milliseconds since 1970, by the clock that all workers of the database share.
    package var sharedTime: SQL { WorkStore.now(in: self) }
}
