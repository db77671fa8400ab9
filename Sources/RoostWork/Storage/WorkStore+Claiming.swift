import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension WorkStore {
    /// The row of a claimed job.
    struct Row {
        let claim: JobClaim
        let key: String?
        let json: String
        let traceparent: String?
        let attempts: Int
        let crashes: Int
    }

    /// The result of looking at the queue.
    struct Look {
        /// Whether a job can be claimed.
        let isReady: Bool
        /// Whether a job can be claimed that is tried alone.
        let hasSuspect: Bool
        /// The time until the next job that is due later; `nil` if none is due within a day.
        let wait: Duration?
    }

    /// Another worker of the database.
    struct Other {
        let id: String
        let presence: Int64?
        /// Whether its lease has expired.
        let isOver: Bool
    }

    private static let waiting: SQL = "state = 'waiting' AND worker IS NULL"

    func look() async throws -> Look {
        // Each is one step in the index by time.
        func first(_ isRetry: Bool, _ comparison: SQL) -> SQL {
            "(SELECT min(due_at) FROM roost_work WHERE queue = \(queue) AND \(Self.waiting) AND is_retry = \(isRetry) AND due_at "
                + comparison + " \(now))"
        }
        let row = try await database.first(
            "SELECT coalesce(\(first(false, "<=")), \(first(true, "<="))) IS NOT NULL AS is_ready, (\(suspect)) IS NOT NULL AS has_suspect, "
                + "\(first(false, ">")) - \(now) AS fresh_wait, \(first(true, ">")) - \(now) AS retry_wait")
        let waits = try [row?.get("fresh_wait", as: Int64?.self), row?.get("retry_wait", as: Int64?.self)].compactMap { $0 ?? nil }
        let wait = waits.min().flatMap { $0 < 86_400_000 ? Duration.milliseconds($0) : nil }
        return Look(isReady: try row?.get("is_ready") ?? false, hasSuspect: try row?.get("has_suspect") ?? false, wait: wait)
    }

    /// A job during whose attempts processes died. It is tried alone, so that the jobs beside it are not blamed for its next crash.
    private var suspect: SQL {
        """
        SELECT number FROM roost_work AS job WHERE queue = \(queue) AND \(Self.waiting) AND crashes > 0
        AND crashes >= \(suspicion) AND due_at <= \(now) AND \(Self.isFirst) ORDER BY due_at LIMIT 1
        """
    }

    /// Whether no earlier job of its lane is waiting or being worked on.
    private static let isFirst: SQL = """
        (lane IS NULL OR NOT EXISTS (
            SELECT 1 FROM roost_work AS earlier WHERE earlier.queue = job.queue AND earlier.lane = job.lane
            AND earlier.state = 'waiting' AND earlier.number < job.number
        ))
        """

    /// Claims a job that must be tried alone.
    func claimSuspect(by worker: String, in transaction: Transaction) async throws -> [Row] {
        try await take("SELECT number FROM (\(suspect)\(lock)) AS claimable", by: worker, in: transaction)
    }

    func others(than worker: String) async throws -> [Other] {
        try await database.query(
            "SELECT id, presence, expires_at <= \(now) AS is_over FROM roost_workers WHERE id <> \(worker)"
        ).map { Other(id: try $0.get("id"), presence: try $0.get("presence"), isOver: try $0.get("is_over")) }
    }

    /// Claims jobs with different keys: first those that are tried again, up to their share, and then new ones.
    /// - Parameters:
    ///   - limit: The largest number to claim.
    ///   - returning: The largest number of jobs that are tried again.
    ///   - worker: The worker that claims them.
    func claim(_ limit: Int, returning: Int, by worker: String, in transaction: Transaction) async throws -> [Row] {
        func numbers(_ isRetry: Bool, _ limit: Int) -> SQL {
            """
            SELECT number FROM (SELECT number FROM roost_work AS job WHERE queue = \(queue) AND \(Self.waiting) AND is_retry = \(isRetry)
            AND crashes < \(suspicion) AND due_at <= \(now) AND \(Self.isFirst) ORDER BY due_at LIMIT \(limit)\(lock)) AS claimable
            """
        }
        let both: SQL = "\(numbers(true, min(limit, returning))) UNION ALL \(numbers(false, limit)) LIMIT \(limit)"
        return try await take(both, by: worker, in: transaction)
    }

    /// Claims the oldest jobs, including several with the same key: jobs without a time, together with all that precede them in their key,
    /// and of those that are tried again or have a time, the first ones of their keys. Those that are tried again take a quarter of the places
    /// at most, as long as there are others.
    func claimBatch(_ limit: Int, by worker: String, in transaction: Transaction) async throws -> [Row] {
        // A batch may have jobs that follow others of it. To another worker, which does not see the claims of a transaction in progress,
        // they would look free.
        if database.dialect.locksRows {
            _ = try await transaction.query("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(\("roost_work " + queue), 0))")
        }
        let fresh: SQL = """
            SELECT number FROM (SELECT number FROM roost_work AS job WHERE queue = \(queue) AND \(Self.waiting) AND is_retry = 0
            AND crashes < \(suspicion) AND due_at = 0 AND (lane IS NULL OR NOT EXISTS (
                SELECT 1 FROM roost_work AS earlier WHERE earlier.queue = job.queue AND earlier.lane = job.lane
                AND earlier.state = 'waiting' AND earlier.number < job.number AND (earlier.worker IS NOT NULL OR earlier.due_at > 0)
            )) ORDER BY number LIMIT \(limit)\(lock)) AS claimable
            """
        func timed(_ isRetry: Bool, _ limit: Int) -> SQL {
            """
            SELECT number FROM (SELECT number FROM roost_work AS job WHERE queue = \(queue) AND \(Self.waiting) AND is_retry = \(isRetry)
            AND crashes < \(suspicion) AND due_at > 0 AND due_at <= \(now) AND \(Self.isFirst) ORDER BY due_at LIMIT \(limit)\(lock)) AS claimable
            """
        }
        // Those that are tried again have a share, so that others come in any case, and what room these leave. Those of the share are then named twice.
        let share = max(1, limit / 4)
        let all: SQL =
            "\(timed(true, share)) UNION ALL \(timed(false, limit)) UNION ALL \(fresh) UNION ALL \(timed(true, limit)) LIMIT \(limit)"
        return try await take(all, by: worker, in: transaction)
    }

    private func take(_ numbers: SQL, by worker: String, in transaction: Transaction) async throws -> [Row] {
        // At random: a claim that a crash of the engine undid, and the next one, of the same worker, must not be taken for each other.
        let epoch = Int64.random(in: 1..<(1 << 62))
        // Evaluated once, however the engine plans the update: it would otherwise be free to look for further jobs.
        let rows = try await transaction.returning(
            """
            WITH claimed AS MATERIALIZED (\(numbers))
            UPDATE roost_work SET worker = \(worker), epoch = \(epoch), attempts = attempts + 1, is_retry = 1, due_at = \(now)
            WHERE number IN (SELECT number FROM claimed) RETURNING number, id, lane, job, traceparent, epoch, attempts,
                crashes
            """)
        return try rows.map { row in
            let attempts: Int = try row.get("attempts"), crashes: Int = try row.get("crashes")
            // Deaths have a limit of their own.
            let claim = JobClaim(
                number: try row.get("number"), epoch: try row.get("epoch"), id: try row.get("id"), worker: worker,
                attempt: max(1, attempts - crashes))
            return Row(
                claim: claim, key: try row.get("lane"), json: try row.get("job"), traceparent: try row.get("traceparent"),
                attempts: attempts, crashes: crashes)
        }.sorted { $0.claim.number < $1.claim.number }
    }
}

extension WorkStore {
    /// Renews the lease of a worker.
    /// - Returns: Whether the lease still existed. If not, the worker has lost its claims.
    func renew(_ worker: String, for lease: Duration, in transaction: Transaction) async throws -> Bool {
        try await transaction.execute(
            "UPDATE roost_workers SET expires_at = \(now) + \(lease.milliseconds) WHERE id = \(worker)") == 1
    }

    func enter(_ worker: String, presence: Int64?, for lease: Duration, in transaction: Transaction) async throws {
        try await transaction.execute(
            "INSERT INTO roost_workers (id, presence, expires_at) VALUES (\(worker), \(presence), \(now) + \(lease.milliseconds))")
    }

    /// Takes the jobs of workers that have died or whose lease has expired.
    /// - Returns: The number of jobs.
    func evict(dead: [String]) async throws -> Int {
        try await database.transaction { transaction in
            // First, and once: a lease that expires or is renewed meanwhile would otherwise leave jobs to a worker that is gone, or take
            // them from one that has them.
            let gone = try await transaction.returning(
                "DELETE FROM roost_workers WHERE expires_at <= \(now) OR id IN \(dead) RETURNING id"
            ).map { try $0.get("id", as: String.self) }
            guard !gone.isEmpty else { return 0 }
            try await Self.announce(in: transaction)
            // A job may be the reason for the death of a process, but not for its slowness.
            return try await transaction.execute(
                """
                UPDATE roost_work SET crashes = crashes + CASE WHEN worker IN \(dead) THEN 1 ELSE 0 END, worker = NULL,
                    -- At once: the time of the claim may lie ahead, if the clock was set back since.
                    due_at = 1
                WHERE worker IN \(gone)
                """)
        }
    }

    /// Gives up the claims of a worker that stops.
    func leave(_ worker: String, as change: Release) async throws {
        try await database.transaction(durability: .deferred) { transaction in
            // In the order of `evict`, so that the two do not wait for each other.
            try await transaction.execute("DELETE FROM roost_workers WHERE id = \(worker)")
            try await transaction.execute(change.update + " WHERE worker = \(worker)")
            try await Self.announce(in: transaction)
        }
    }
}
