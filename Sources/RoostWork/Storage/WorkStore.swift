import Roost
import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The rows of one queue. Every change of a claimed job is guarded by the worker and the epoch of the claim.
struct WorkStore: Sendable {
    let queue: String
    let database: Database
    /// The number of crashes after which a job is tried alone.
    let suspicion: Int
    private let dead: CountMetric
    private let age: ValueMetric

    init(queue: String, database: Database, suspicion: Int = 2) {
        self.queue = queue
        self.suspicion = suspicion
        self.database = database
        let dimensions = [("messaging.destination.name", queue)]
        dead = CountMetric("roost.queue.dead", dimensions)
        age = ValueMetric("roost.queue.age", dimensions)
    }

    /// Keeps concurrent claims from blocking each other, on engines that let several transactions write at a time.
    var lock: SQL { database.dialect.locksRows ? " FOR UPDATE OF job SKIP LOCKED" : "" }

    /// The channel that announces jobs to the workers of all processes, on engines where signals are cheap. A server would have to commit the
    /// transactions that signal one after another.
    static let channel = "roost_work"

    /// Whether signals announce jobs that were added or can be claimed now. Elsewhere, workers have to look for them.
    var isAnnounced: Bool { !database.dialect.locksRows }

    /// The signals, if there are any.
    var announcements: AsyncStream<Void>? { isAnnounced ? database.signals(Self.channel) : nil }

    static func announce(in transaction: Transaction) async throws {
        if !transaction.dialect.locksRows { try await transaction.signal(channel) }
    }

    /// Adds a job.
    /// - Returns: Whether the queue had no job with this identifier.
    static func add(
        _ json: String, to queue: String, id: String, key: String?, at date: Date?, after earlier: EarlierAttempts, traceparent: String?,
        in transaction: Transaction
    ) async throws -> Bool {
        let now = now(in: transaction)
        // 0 is for jobs without a time.
        let due: SQL = if let date { "\(max(date, Date(timeIntervalSince1970: 0.001)))" } else { "0" }
        let columns: SQL = "queue, id, lane, job, traceparent, added_at, \(EarlierAttempts.columns)"
        let values: SQL = "\(queue), \(id), \(key), \(json), \(traceparent), \(now), \(earlier.values(due: due, now: now))"
        var insert: SQL = "INSERT INTO roost_work (\(columns)) VALUES (\(values))"
        if let key, transaction.dialect.locksRows {
            // Jobs with the same key get their numbers in the order of the commits. A worker that saw only the later one would work on it
            // first, and on the other one meanwhile.
            insert = """
                WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtextextended(\("roost_work \(queue) \(key)"), 0)))
                INSERT INTO roost_work (\(columns)) SELECT \(values) FROM turn
                """
        }
        try await announce(in: transaction)
        return try await transaction.execute(insert + " ON CONFLICT (queue, id) DO NOTHING") == 1
    }

    /// The time of a claimed job is set to 0, which tells `postpone` of the request.
    func retry(_ id: String, in transaction: Transaction) async throws -> Bool {
        try await Self.announce(in: transaction)
        return try await transaction.execute(
            """
            UPDATE roost_work SET due_at = 0, attempts = CASE WHEN worker IS NULL THEN 0 ELSE attempts END, crashes = 0,
                is_retry = CASE WHEN worker IS NULL THEN 0 ELSE 1 END, state = 'waiting', reason = NULL, ended_at = NULL
            WHERE queue = \(queue) AND id = \(id) AND state <> 'done'
            """) == 1
    }

    func discard(_ id: String) async throws -> Bool {
        try await database.transaction { transaction in
            // Those that it held may go on.
            try await Self.announce(in: transaction)
            return try await transaction.execute(
                "DELETE FROM roost_work WHERE queue = \(queue) AND id = \(id) AND (state = 'dead' OR \(Self.held))") == 1
        }
    }

    /// Jobs that are dead, and keep the later ones of their lanes waiting.
    private static let held: SQL = "state = 'waiting' AND worker IS NULL AND due_at = \(JobTime.never)"

    /// The row of a dead job.
    struct DeadRow {
        let id: String, key: String?, json: String, reason: String, attempts: Int, date: Date, holdsKey: Bool
    }

    func dead(limit: Int) async throws -> [DeadRow] {
        try await database.query(
            """
            SELECT * FROM (SELECT * FROM roost_work WHERE queue = \(queue) AND state = 'dead'
            UNION ALL SELECT * FROM roost_work WHERE queue = \(queue) AND is_retry = 1 AND \(Self.held)) AS ended
            ORDER BY ended_at, number LIMIT \(limit)
            """
        ).map { row in
            DeadRow(
                id: try row.get("id"), key: try row.get("lane"), json: try row.get("job"), reason: try row.get("reason"),
                attempts: try row.get("attempts"), date: try row.get("ended_at"), holdsKey: try row.get("state") == "waiting")
        }
    }

    /// Deletes jobs that ended long ago, a limited number at a time.
    func prune(done: Duration?, dead: Duration?) async throws {
        for (state, age) in [("done", done), ("dead", dead)] {
            guard let age else { continue }
            let old: SQL = """
                SELECT number FROM roost_work WHERE queue = \(queue) AND state = \(state) AND state <> 'waiting'
                AND ended_at < \(now) - \(age.milliseconds) LIMIT 1000
                """
            if try await database.first(old) != nil { try await database.execute("DELETE FROM roost_work WHERE number IN (\(old))") }
        }
    }
}

extension WorkStore {
    /// Ends jobs.
    /// - Parameters:
    ///   - claims: The claims of the jobs.
    ///   - keeping: Whether their identifiers are remembered.
    ///   - transaction: The transaction.
    /// - Throws: A `DatabaseError` with the code `.jobLost` if another worker has taken one of them.
    func finish(_ claims: [JobClaim], keeping: Bool, in transaction: Transaction) async throws {
        let verb: SQL =
            if keeping {
                "UPDATE roost_work SET state = 'done', worker = NULL, job = '', ended_at = \(now)"
            } else {
                "DELETE FROM roost_work"
            }
        var count = 0
        for group in Self.groups(claims) { count += try await transaction.execute(verb + " WHERE " + group) }
        if count < claims.count { throw DatabaseError.jobLost }
    }

    /// Ends the jobs that this worker has not lost.
    func finish(_ claims: [JobClaim], keeping: Bool, durability: CommitDurability = .durable) async throws {
        guard !claims.isEmpty else { return }
        do {
            try await database.transaction(durability: durability) { try await finish(claims, keeping: keeping, in: $0) }
        } catch  where error.isJobLost && claims.count > 1 {
            for claim in claims { try? await finish([claim], keeping: keeping, durability: durability) }
        }
        for claim in claims { claim.settle() }
    }

    /// How a job is given back: what becomes of the attempt.
    enum Release {
        /// It does not count: the job is as if it had not been tried.
        case untried
        /// It does not count, and the job is among those that are tried again, so that it leaves room to those that were not tried.
        case behindOthers
        /// It counts.
        case counted

        /// The statement, without its condition.
        var update: SQL {
            switch self {
            case .untried:
                """
                UPDATE roost_work SET worker = NULL, attempts = attempts - 1, is_retry = CASE WHEN attempts > 1 THEN 1 ELSE 0 END,
                due_at = CASE WHEN attempts > 1 THEN 1 ELSE 0 END
                """
            case .behindOthers: "UPDATE roost_work SET worker = NULL, attempts = attempts - 1, is_retry = 1, due_at = 1"
            case .counted: "UPDATE roost_work SET worker = NULL, due_at = 1"
            }
        }
    }

    /// Gives jobs back.
    func release(_ claims: [JobClaim], as change: Release = .untried) async throws {
        guard !claims.isEmpty else { return }
        try await database.transaction(durability: .deferred) { transaction in
            for group in Self.groups(claims) {
                try await transaction.execute(change.update + " WHERE " + group)
            }
            try await Self.announce(in: transaction)
        }
    }

    func progress(_ claim: JobClaim, in transaction: Transaction) async throws {
        guard try await transaction.execute("UPDATE roost_work SET attempts = 1, crashes = 0 WHERE \(Self.guarded(claim))") == 1 else {
            throw DatabaseError.jobLost
        }
    }

    /// Tries a job again after a pause, or immediately if somebody has asked for that since it was claimed.
    /// - Parameters:
    ///   - claim: The claim of the job.
    ///   - pause: The pause.
    ///   - attempts: The number of attempts that count.
    func postpone(_ claim: JobClaim, for pause: Duration, attempts: Int, crashes: Int = 0) async throws {
        let changed = try await database.execute(
            """
            UPDATE roost_work SET worker = NULL, is_retry = 1, attempts = \(attempts + crashes), crashes = \(crashes),
                due_at = CASE WHEN due_at = 0 THEN 1 ELSE \(now) + \(pause.milliseconds) END
            WHERE \(Self.guarded(claim))
            """)
        if changed == 0 { throw DatabaseError.jobLost }
    }

    func end(_ claim: JobClaim, because reason: String) async throws {
        let changed = try await database.execute(
            """
            UPDATE roost_work SET worker = NULL, state = CASE WHEN holds_key = 1 THEN 'waiting' ELSE 'dead' END,
                due_at = CASE WHEN holds_key = 1 THEN \(JobTime.never) ELSE due_at END, is_retry = 1, reason = \(reason), ended_at = \(now)
            WHERE \(Self.guarded(claim))
            """)
        if changed == 0 { throw DatabaseError.jobLost }
        countDeath()
    }

    func countDeath() { dead.increment() }

    /// Records how long the oldest due job has waited, in seconds.
    func measureAge() async throws {
        guard age.isActive else { return }
        // Each is one step in the index by time, which has jobs that are due at once in the order in which they were added.
        func first(_ isRetry: Bool) -> SQL {
            "SELECT CASE WHEN added_at > due_at THEN added_at ELSE due_at END AS since FROM roost_work WHERE queue = \(queue) "
                + "AND state = 'waiting' AND worker IS NULL AND is_retry = \(isRetry) AND due_at <= \(now) ORDER BY due_at LIMIT 1"
        }
        let row = try await database.first(
            """
            SELECT \(now) - coalesce(min(since), \(now)) AS age FROM
            (SELECT since FROM (\(first(false))) AS fresh UNION ALL SELECT since FROM (\(first(true))) AS retried) AS oldest
            """)
        age.record(Double(max(0, try row?.get("age", as: Int64.self) ?? 0)) / 1000)
    }

    static func guarded(_ claim: JobClaim) -> SQL {
        "number = \(claim.number) AND worker = \(claim.worker) AND epoch = \(claim.epoch)"
    }

    /// Returns the claims as conditions, one for each worker and epoch.
    private static func groups(_ claims: [JobClaim]) -> [SQL] {
        struct Fence: Hashable { let worker: String, epoch: Int64 }
        return Dictionary(grouping: claims) { Fence(worker: $0.worker, epoch: $0.epoch) }.map { fence, claims in
            "number IN \(claims.map(\.number)) AND worker = \(fence.worker) AND epoch = \(fence.epoch)"
        }
    }
}
