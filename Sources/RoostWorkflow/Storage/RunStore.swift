import Roost
import RoostData
import RoostWork

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The rows of runs. What a worker writes is guarded by the claim of the run's job.
struct RunStore: Sendable {
    let database: Database
    /// Wakes the workers of this process for a workflow.
    let wake: @Sendable (_ workflow: String, _ version: Int) -> Void

    /// The name of the queue for the runs of a version of a workflow. Only processes that have this version work on it.
    static func queue(_ workflow: String, _ version: Int) -> String { "run \(workflow)/\(version)" }

    /// What a worker needs of a run.
    struct Loaded: Sendable {
        let input: String
        let isCancelRequested: Bool
        /// Whether another run waits for it.
        let hasParent: Bool
        let waitsFor: String?
        /// The time that all workers share.
        let now: Date
        let records: [StepRecord]
    }

    func load(_ id: String) async throws -> Loaded? {
        let run: SQL =
            "SELECT input, is_cancel_requested, parent, waits_for, \(database.sharedTime) AS now FROM roost_runs WHERE id = \(id)"
        let steps: SQL = """
            SELECT name, key, is_undo, number, kind, outcome, result, is_sequential FROM roost_run_steps WHERE run_id = \(id) ORDER BY number
            """
        let results = try await database.rows(of: [run.statement, steps.statement]) { try ResultRow(&$0) }
        guard let row = results.first?.first else { return nil }
        return Loaded(
            input: try row.get("input"), isCancelRequested: try row.get("is_cancel_requested"),
            hasParent: try row.get("parent", as: String?.self) != nil, waitsFor: try row.get("waits_for"),
            now: try row.get("now"), records: try (results.last ?? []).map(StepRecord.init))
    }

    /// Writes records.
    /// - Returns: Whether a cancellation of the run is requested.
    /// - Throws: A `DatabaseError` with the code `.jobLost` if another worker has the run.
    func write(_ records: [StepRecord], of run: Run) async throws -> Bool {
        guard run.state.failures == 0 else {
            return try await database.transaction { try await write(records, of: run, in: $0) }
        }
        return try await write(records, of: run, by: database)
    }

    /// Writes records in a transaction.
    func write(_ records: [StepRecord], of run: Run, in transaction: Transaction) async throws -> Bool {
        // The failures so far were those of a step that has now succeeded.
        if run.state.failures > 0 {
            try await transaction.execute("UPDATE roost_work SET attempts = 1, crashes = 0 WHERE \(run.job.fence)")
        }
        return try await write(records, of: run, by: transaction)
    }

    private func write(_ records: [StepRecord], of run: Run, by database: some Changing) async throws -> Bool {
        let rows = try await database.returning(
            insertion(of: records, for: run)
                + " RETURNING (SELECT is_cancel_requested FROM roost_runs WHERE id = \(run.id)) AS is_cancel_requested")
        guard rows.count == records.count, let first = rows.first else { throw DatabaseError.jobLost }
        return try first.get("is_cancel_requested")
    }

    /// The statement that writes records if the claim still stands. On engines with several writers, nobody can take the job before the
    /// commit.
    private func insertion(of records: [StepRecord], for run: Run) -> SQL {
        var values: SQL = ""
        for (index, record) in records.enumerated() {
            // Booleans as numbers: PostgreSQL would take them for texts here.
            let (outcome, result) = record.outcome.columns, step = record.step
            values =
                values + (index > 0 ? ", " : "")
                    + """
                    (\(run.id), \(step.name), \(step.key), \(step.isUndo ? 1 : 0), \(record.number), \(record.kind), \(outcome), \(result), \
                    \(record.isSequential ? 1 : 0))
                    """
        }
        let lock: SQL = database.dialect.locksRows ? " FOR SHARE OF roost_work" : ""
        return """
            INSERT INTO roost_run_steps (run_id, name, key, is_undo, number, kind, outcome, result, is_sequential, recorded_at)
            SELECT record.*, \(database.sharedTime) FROM (VALUES \(values)) AS record, roost_work WHERE \(run.job.fence)
            """ + lock
    }
}

extension RunStore {
    /// How a run ends.
    enum Ending: Sendable {
        case completed(String)
        case failed(String)
        case cancelled

        var status: RunStatus {
            switch self {
            case .completed: .completed
            case .failed: .failed
            case .cancelled: .cancelled
            }
        }
    }

    /// Ends a run.
    /// - Parameters:
    ///   - run: The run.
    ///   - ending: How it ends.
    ///   - records: The records that are not written yet.
    ///   - exceptIfCancelled: Whether to refuse if the run is to be cancelled.
    ///   - transaction: The transaction.
    /// - Throws: `RunCancelled` if it is refused; a `DatabaseError` with the code `.jobLost` if another worker has the run.
    func end(
        _ run: Run, as ending: Ending, _ records: [StepRecord], exceptIfCancelled: Bool = false, in transaction: Transaction
    ) async throws {
        let (output, reason): (String?, String?) =
            switch ending {
            case .completed(let output): (output, nil)
            case .failed(let reason): (nil, reason)
            case .cancelled: (nil, nil)
            }
        var batch = Batch()
        batch.execute(
            """
            UPDATE roost_runs SET status = \(ending.status), output = \(output), reason = \(reason), ended_at = \(database.sharedTime)
            WHERE id = \(run.id) AND (is_cancel_requested = 0 OR \(!exceptIfCancelled))
            """)
        if !records.isEmpty { batch.execute(insertion(of: records, for: run)) }
        batch.execute("DELETE FROM roost_work WHERE \(run.job.fence)")
        if run.hasParent { batch.execute(Self.waking("SELECT parent FROM roost_runs WHERE id = \(run.id)")) }
        let changes = try await transaction.run(batch)
        guard changes[records.isEmpty ? 1 : 2] == 1 else { throw DatabaseError.jobLost }
        guard changes[0] == 1 else { throw RunCancelled() }
        if run.hasParent { try await WorkQueue<RunJob>.announce(in: transaction) }
    }

    /// Gives a run back until a time.
    /// - Parameters:
    ///   - run: The run.
    ///   - records: The records that are not written yet.
    ///   - due: When it is taken up again, in milliseconds since 1970.
    ///   - failures: The number of failures since its last record.
    ///   - crashes: How often in a row the process died while it worked on the run.
    ///   - status: Its status until then.
    ///   - reason: Why it could not go on.
    ///   - cause: What it waits for.
    /// - Throws: A `DatabaseError` with the code `.jobLost` if another worker has the run.
    func suspend(
        _ run: Run, _ records: [StepRecord], until due: SQL, failures: Int, crashes: Int = 0, as status: RunStatus, because reason: String?,
        waitingFor cause: String?
    ) async throws {
        var batch = Batch()
        let locksRows = database.dialect.locksRows
        // First, in the order of those that cancel, retry and send, so that they do not wait for each other.
        if locksRows { batch.execute("SELECT 1 FROM roost_runs WHERE id = \(run.id) FOR NO KEY UPDATE") }
        if !records.isEmpty { batch.execute(insertion(of: records, for: run)) }
        let lock: SQL = locksRows ? " FOR SHARE" : ""
        batch.execute(
            """
            UPDATE roost_runs SET status = \(status), reason = \(reason), waits_for = \(cause)
            WHERE id = \(run.id) AND EXISTS (SELECT 1 FROM roost_work WHERE \(run.job.fence)\(lock))
            """)
        // The time of a claimed job is 0 if somebody has woken it since.
        batch.execute(
            """
            UPDATE roost_work SET worker = NULL, crashes = \(crashes), attempts = \(failures), is_retry = \(failures > 0),
                due_at = CASE WHEN due_at = 0 THEN 1 ELSE \(due) END
            WHERE \(run.job.fence)
            """)
        let changes = try await database.run(batch)
        guard changes.last == 1 else { throw DatabaseError.jobLost }
    }

    /// The statement that takes up runs again now.
    static func waking(_ ids: SQL) -> SQL {
        """
        UPDATE roost_work SET due_at = 0, is_retry = 0, state = 'waiting', reason = NULL, ended_at = NULL,
            -- Whether it has failed is kept: a step may have begun.
            attempts = CASE WHEN worker IS NULL AND attempts > 1 THEN 1 ELSE attempts END
        WHERE id IN (\(ids)) AND queue IN (SELECT queue FROM roost_runs WHERE id IN (\(ids))) AND state <> 'done'
            -- A run that has ended the process again and again waits until somebody retries it.
            AND crashes < \(RunExecution.mostCrashes)
            -- A run that waits for its place goes on waiting.
            AND id NOT IN (SELECT run_id FROM roost_run_places WHERE run_id IN (\(ids)) AND taken_at IS NULL)
        """
    }
}

extension StepOutcome {
    /// The outcome and the result as they are stored.
    var columns: (outcome: String, result: String) {
        switch self {
        case .done(let json): ("done", json)
        case .failed(let failure): ("failed", JSON.text(failure))
        case .cancelled(let mayHaveBegun): (mayHaveBegun ? "cancelled_unknown" : "cancelled", "null")
        case .abandoned: ("abandoned", "null")
        }
    }

    init(_ outcome: String, _ result: String) throws {
        switch outcome {
        case "done": self = .done(result)
        case "failed": self = .failed(try JSON.decode(RecordedFailure.self, from: Array(result.utf8)))
        case "cancelled": self = .cancelled(mayHaveBegun: false)
        case "cancelled_unknown": self = .cancelled(mayHaveBegun: true)
        case "abandoned": self = .abandoned
        default: throw DatabaseError(.unknownValue, "a step has the outcome \(outcome), which only a newer version knows")
        }
    }
}

extension StepRecord {
    init(_ row: ResultRow) throws {
        guard let kind = StepKind(rawValue: try row.get("kind")) else {
            throw DatabaseError(.unknownValue, "a step has a kind that only a newer version knows")
        }
        self.init(
            step: StepKey(name: try row.get("name"), key: try row.get("key"), isUndo: try row.get("is_undo")), kind: kind,
            outcome: try StepOutcome(try row.get("outcome"), try row.get("result")), isSequential: try row.get("is_sequential"),
            number: try row.get("number"))
    }
}
