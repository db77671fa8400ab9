import Roost
import RoostData
import RoostWork

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Lets runs start as far as the limits of their queue allow. Any number of processes can do this, one at a time.
struct QueueAdmission: Sendable {
    let limits: QueueLimits
    let database: Database
    /// Wakes this process's workers for the runs of the queue.
    let wake: @Sendable () -> Void
    /// Notified when a run was added or has ended.
    let changed = Notifier()

    /// How often to look for the changes of other processes, and for rates that allow another start.
    private static let poll = Duration.milliseconds(500)
    /// The largest number of values, such as tenants, that one transaction looks at.
    static let portion = 256
    /// The largest number of runs of one value that a transaction lets start.
    private static let largestRoom = 1000

    /// The queues of workflows. If several are declared with the same name, the limits of the first one apply.
    static func all(of workflows: [RegisteredWorkflow], in database: Database) -> [QueueAdmission] {
        var admissions: [QueueAdmission] = []
        for limits in workflows.compactMap(\.limits) {
            if let first = admissions.first(where: { $0.limits.name == limits.name }) {
                guard first.limits != limits else { continue }
                RequestContext.defaultLogger.error("The queue \(limits.name) is declared with different limits; the first ones apply.")
                continue
            }
            let members = workflows.filter { $0.limits?.name == limits.name }
            admissions.append(QueueAdmission(limits: limits, database: database) { for member in members { member.queue.wake() } })
        }
        return admissions
    }

    /// Lets runs start until the task is cancelled.
    func run() async {
        let changes = changed.notifications()
        changed.notify()
        await withDiscardingTaskGroup { group in
            group.addTask { while (try? await database.clock.sleep(for: Self.poll)) != nil { changed.notify() } }
            group.addTask {
                var last: String?, failures = FailureStreak(Backoff(longest: .seconds(5)))
                for await _ in changes where !Task.isCancelled {
                    do {
                        last = try await admit(after: last)
                        failures.succeed()
                        if last != nil { changed.notify() }
                    } catch {
                        guard !Task.isCancelled else { return }
                        let pause = failures.fail()
                        RequestContext.defaultLogger.warning(
                            "The queue \(limits.name) cannot let runs start: \(error). Next try in \(pause.roundedSeconds) s.")
                        guard (try? await database.clock.sleep(for: pause)) != nil else { return }
                    }
                }
            }
        }
    }

    /// Lets runs start.
    /// - Parameter value: The last value that was looked at; `nil` to begin with the first.
    /// - Returns: The last value, if there are more of them.
    func admit(after value: String?) async throws -> String? {
        let waiting: SQL = "SELECT 1 FROM roost_run_places WHERE queue = \(limits.name) AND taken_at IS NULL LIMIT 1"
        guard try await database.first(waiting) != nil else { return nil }
        // A start that a crash of the machine undoes is made again. If its run has recorded anything, the start is not undone.
        let (last, isAny) = try await database.transaction(durability: .deferred) { transaction in
            if transaction.dialect.locksRows {
                let key = "roost_run_queue " + limits.name
                _ = try await transaction.query("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(\(key), 0))")
            }
            try await transaction.execute(forgetting)
            let candidates = try await transaction.query(candidates(after: value)).map(Candidate.init)
            let isAny = try await start(candidates, in: transaction)
            return (candidates.count == Self.portion ? candidates.last?.value : nil, isAny)
        }
        if isAny { wake() }
        return last
    }

    /// A value whose runs wait.
    private struct Candidate {
        let value: String
        /// How many of its runs have a place.
        let held: Int
        /// How many of its runs have started within the window.
        let started: Int
        let now: Int64

        init(_ row: ResultRow) throws {
            value = try row.get("value")
            held = try row.get("held")
            started = try row.get("started")
            now = try row.get("now")
        }
    }

    /// - Returns: Whether any run may start.
    private func start(_ candidates: [Candidate], in transaction: Transaction) async throws -> Bool {
        guard let now = candidates.first?.now else { return false }
        var batch = Batch()
        for candidate in candidates {
            let room = min(
                limits.concurrency.map { $0 - candidate.held } ?? .max, limits.rate.map { $0 - candidate.started } ?? .max, Self.largestRoom
            )
            guard room > 0 else { continue }
            batch.execute(
                """
                UPDATE roost_run_places SET taken_at = \(now) WHERE number IN (SELECT number FROM roost_run_places
                WHERE queue = \(limits.name) AND value = \(candidate.value) AND taken_at IS NULL ORDER BY number LIMIT \(room))
                """)
        }
        guard !batch.isEmpty else { return false }
        batch.execute(
            """
            UPDATE roost_work SET due_at = 0 WHERE state = 'waiting' AND worker IS NULL AND due_at = \(JobTime.never)
            AND (queue, id) IN (SELECT run.queue, run.id FROM roost_run_places AS place JOIN roost_runs AS run ON run.id = place.run_id
                WHERE place.queue = \(limits.name) AND place.taken_at = \(now))
            """)
        try await transaction.run(batch)
        try await WorkQueue<RunJob>.announce(in: transaction)
        return true
    }

    /// The statement that deletes places that no longer count.
    private var forgetting: SQL {
        // Without a limit of the runs at a time, only the recent starts count.
        let over: SQL = limits.concurrency == nil ? "" : " AND (run.id IS NULL OR run.ended_at IS NOT NULL)"
        return """
            DELETE FROM roost_run_places WHERE number IN (
                SELECT place.number FROM roost_run_places AS place LEFT JOIN roost_runs AS run ON run.id = place.run_id
                WHERE place.queue = \(limits.name) AND place.taken_at IS NOT NULL AND place.taken_at <= \(windowStart)\(over) LIMIT 1000)
            """
    }

    /// The statement that finds the values whose runs wait, and what they have. Each value is one step in an index, however many runs wait.
    private func candidates(after value: String?) -> SQL {
        let waiting: SQL = "FROM roost_run_places WHERE queue = \(limits.name) AND taken_at IS NULL"
        let beyond: SQL = if let value { " AND value > \(value)" } else { "" }
        return """
            WITH RECURSIVE candidate(value) AS (
                SELECT min(value) \(waiting)\(beyond)
                UNION ALL SELECT (SELECT min(value) \(waiting) AND value > candidate.value) FROM candidate WHERE candidate.value IS NOT NULL
            )
            SELECT value, \(database.sharedTime) AS now,
                (SELECT count(*) FROM roost_run_places AS place JOIN roost_runs AS run ON run.id = place.run_id
                 WHERE place.queue = \(limits.name) AND place.value = candidate.value AND place.taken_at IS NOT NULL
                 AND run.status = 'running') AS held,
                (SELECT count(*) FROM roost_run_places AS place
                 WHERE place.queue = \(limits.name) AND place.value = candidate.value AND place.taken_at > \(windowStart)) AS started
            FROM candidate WHERE value IS NOT NULL LIMIT \(Self.portion)
            """
    }

    private var windowStart: SQL {
        "\(database.sharedTime) - \(limits.rate == nil ? 0 : limits.window.milliseconds)"
    }
}
