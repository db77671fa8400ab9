import Roost
import RoostData

extension WorkQueue {
    /// Works on the jobs of the queue until the task is cancelled. Any number of processes can do so at once.
    ///
    /// After the cancellation, the queue claims no more jobs. Handlers in progress can finish within the queue's grace period; after that, they
    /// are cancelled and their jobs are given back.
    /// - Parameters:
    ///   - commits: A further signal that jobs may have been added, if they are added by other means than this value.
    ///   - handle: Works on one job. If it throws, the job is tried again or ends; see `ClaimedJob.fail(_:)`.
    public func run(
        wokenBy commits: AsyncStream<Void>? = nil, _ handle: @escaping @Sendable (ClaimedJob<Job>) async throws -> Void
    ) async {
        let runner = WorkRunner(store: store, options: options, batch: nil) { [self] rows in
            for row in rows { await work(on: row, handle) }
        }
        await runner.run(wokenBy: added.notifications(), store.announcements, commits)
    }

    /// Works on the jobs of the queue in batches until the task is cancelled, one batch at a time: the oldest jobs first, those with the
    /// same key in order.
    ///
    /// Jobs that the handler has not settled are finished when it returns. If it throws, they are given back as if they had not been tried,
    /// and the queue pauses, because the jobs are not the cause.
    /// - Parameters:
    ///   - batch: The largest number of jobs in a batch.
    ///   - commits: A further signal that jobs may have been added, if they are added by other means than this value.
    ///   - handle: Works on a batch.
    public func run(
        batch: Int, wokenBy commits: AsyncStream<Void>? = nil,
        _ handle: @escaping @Sendable ([ClaimedJob<Job>]) async throws -> Void
    ) async {
        let runner = WorkRunner(store: store, options: options, batch: max(1, batch)) { [self] rows in
            try await work(on: rows, handle)
        }
        await runner.run(wokenBy: added.notifications(), store.announcements, commits)
    }
}

extension WorkQueue {
    private func work(on row: WorkStore.Row, _ handle: @escaping @Sendable (ClaimedJob<Job>) async throws -> Void) async {
        let context = context(of: row)
        await context.run {
            guard let job = await readable(row) else { return }
            do {
                try await context.run(span: "process \(name)", .consumer, span(of: row)) { try await handle(job) }
                guard !row.claim.isSettled else { return }
                DurablePlace.jobHandled.reach()
                await settle { try await store.finish([row.claim], keeping: options.retention != nil, durability: options.durability) }
                DurablePlace.jobSettled.reach()
            } catch  where error.isJobLost {
                RequestContext.currentLogger.info("Another worker has taken the \(options.noun).")
            } catch {
                guard !row.claim.isSettled else { return }
                if Task.isCancelled { return await settle { try await store.release([row.claim], as: options.interrupted) } }
                await settle { try await row.claim.fail(error, in: store, options) }
            }
        }
    }

    private func work(
        on rows: [WorkStore.Row], _ handle: @escaping @Sendable ([ClaimedJob<Job>]) async throws -> Void
    ) async throws {
        var jobs: [ClaimedJob<Job>] = []
        for row in rows { if let job = await readable(row) { jobs.append(job) } }
        guard !jobs.isEmpty else { return }
        do {
            try await handle(jobs)
        } catch {
            let left = jobs.map(\.claim).filter { !$0.isSettled }
            await settle { try await store.release(left) }
            throw error
        }
        let left = jobs.map(\.claim).filter { !$0.isSettled }
        await settle { try await store.finish(left, keeping: options.retention != nil, durability: options.durability) }
        DurablePlace.jobSettled.reach()
    }

    /// Reads the job of a row.
    /// - Returns: `nil` if the row cannot be read as a job, or the process died at every attempt, so that the job is now dead.
    private func readable(_ row: WorkStore.Row) async -> ClaimedJob<Job>? {
        do {
            let job = try JSON.decode(Job.self, from: Array(row.json.utf8))
            guard row.attempts - row.crashes <= options.retry.attempts || options.crashes == .max else {
                throw DatabaseError(.processEnded, "the process ended during each attempt at the \(options.noun)")
            }
            guard row.crashes < options.crashes || options.isUnlimited else {
                throw DatabaseError(.processEnded, "the process died \(row.crashes) times in a row during attempts at the \(options.noun)")
            }
            return ClaimedJob(
                id: row.claim.id, key: row.key, job: job, attempt: row.attempts, claim: row.claim, store: store, options: options,
                crashes: row.crashes)
        } catch {
            await settle { try await row.claim.fail(error, in: store, options) }
            return nil
        }
    }

    /// Records the outcome of a job. A cancellation does not interrupt this, and it is repeated until it succeeds: otherwise the job would belong
    /// to this worker for as long as the worker lives.
    private func settle(_ note: @escaping @Sendable () async throws -> Void) async {
        var failures = FailureStreak(.workers)
        while true {
            do {
                return try await withCancellationShield(note)
            } catch  where error.isJobLost {
                return RequestContext.currentLogger.info("Another worker has taken the \(options.noun).")
            } catch {
                let pause = failures.fail()
                RequestContext.currentLogger.error(
                    "The outcome of the \(options.noun) cannot be recorded: \(error). Next try in \(pause.roundedSeconds) s.")
                // A worker that stops gives its jobs back.
                guard (try? await store.database.clock.sleep(for: pause)) != nil else { return }
            }
        }
    }

    private func span(of row: WorkStore.Row) -> KeyValuePairs<String, String> {
        [
            "messaging.system": "roost", "messaging.destination.name": name, "messaging.operation.type": "process",
            "messaging.message.id": row.claim.id,
        ]
    }

    private func context(of row: WorkStore.Row) -> RequestContext {
        var context = RequestContext(resuming: row.traceparent, as: name)
        context.logger[metadataKey: options.noun] = "\(row.claim.id)"
        return context
    }
}

extension Backoff {
    /// The pauses before a database that failed is tried again.
    static let workers = Backoff(longest: .seconds(5))
}
