import Roost
import RoostData
import RoostWork

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension RunStore {
    /// Writes a run and its job.
    /// - Returns: Whether there was no run with its identifier.
    /// - Throws: A `Problem` with status 409 if the identifier is that of another workflow's run.
    static func start(_ run: NewRun, in transaction: Transaction) async throws -> Bool {
        let isNew =
            try await transaction.execute(
                """
                INSERT INTO roost_runs (id, name, version, queue, input, parent, started_at) VALUES
                (\(run.id), \(run.workflow), \(run.version), \(run.queue), \(run.input), \(run.parent), \(transaction.sharedTime))
                ON CONFLICT (id) DO NOTHING
                """) == 1
        guard isNew else {
            let other: String? = try await transaction.first("SELECT name FROM roost_runs WHERE id = \(run.id)")?.get("name")
            guard other == run.workflow else {
                throw Problem(.conflict, "The identifier \(run.id) is that of a run of \(other ?? "another workflow").")
            }
            return false
        }
        // The admission that gives the run its place makes the job due.
        let start = run.place == nil ? nil : Date(timeIntervalSince1970: Double(JobTime.never) / 1000)
        try await WorkQueue<RunJob>.add(RunJob(), to: run.queue, id: run.id, at: start, in: transaction)
        if let place = run.place {
            try await transaction.execute(
                "INSERT INTO roost_run_places (run_id, queue, value) VALUES (\(run.id), \(place.queue), \(place.value))")
        }
        return true
    }

    /// Returns the status of a run, and its result if it has ended.
    func end(of id: String) async throws -> (status: RunStatus, output: String?, reason: String?)? {
        try await database.first("SELECT status, output, reason FROM roost_runs WHERE id = \(id)").map { row in
            (try Self.status(try row.get("status")), try row.get("output"), try row.get("reason"))
        }
    }

    static func status(_ text: String) throws -> RunStatus {
        guard let status = RunStatus(rawValue: text) else {
            throw DatabaseError(.unknownValue, "a run has the status \(text), which only a newer version knows")
        }
        return status
    }

    /// Requests the cancellation of a run, and takes the run up again.
    /// - Returns: The run's workflow and version; `nil` if it has ended or does not exist.
    static func cancel(_ id: String, in transaction: Transaction) async throws -> (workflow: String, version: Int)? {
        try await takeUp(id, setting: "is_cancel_requested = 1, status = 'running'", needsPlace: false, in: transaction)
    }

    /// Takes up a run again if it has not ended.
    static func retry(_ id: String, in transaction: Transaction) async throws -> (workflow: String, version: Int)? {
        try await takeUp(id, setting: "status = 'running', reason = NULL", in: transaction)
    }

    /// The number of held runs that one transaction resumes.
    private static let portion = 100

    /// Resumes the runs of a queue that are stuck or have diverged, each once, except those during which the process died again and again.
    /// - Returns: The number of runs.
    func retryHeld(in queue: String) async throws -> Int {
        var count = 0, last = ""
        while true {
            let ids = try await retryHeld(in: queue, after: last)
            guard let end = ids.last else { return count }
            (count, last) = (count + ids.count, end)
        }
    }

    /// Resumes the next portion of held runs.
    /// - Returns: Their identifiers, in order. Another process may hold them again meanwhile, so they are not looked at twice.
    private func retryHeld(in queue: String, after last: String) async throws -> [String] {
        let held: SQL = """
            SELECT id FROM roost_runs AS run WHERE queue = \(queue) AND status IN ('stuck', 'diverged') AND ended_at IS NULL AND id > \(last)
            AND NOT EXISTS (SELECT 1 FROM roost_work AS work WHERE work.queue = run.queue AND work.id = run.id AND work.crashes > 0)
            ORDER BY id LIMIT \(Self.portion)
            """
        guard try await database.first(held) != nil else { return [] }
        return try await database.transaction { transaction in
            let ids = try await transaction.query(held).map { try $0.get("id", as: String.self) }
            try await transaction.execute("UPDATE roost_runs SET status = 'running' WHERE id IN \(ids)")
            try await Self.wake("SELECT id FROM roost_runs WHERE id IN \(ids)", in: transaction)
            return ids
        }
    }

    private static func takeUp(
        _ id: String, setting change: SQL, needsPlace: Bool = true, in transaction: Transaction
    ) async throws -> (workflow: String, version: Int)? {
        let rows = try await transaction.returning(
            "UPDATE roost_runs SET \(change) WHERE id = \(id) AND ended_at IS NULL RETURNING name, version")
        guard let row = rows.first else { return nil }
        if !needsPlace { try await transaction.execute("DELETE FROM roost_run_places WHERE run_id = \(id) AND taken_at IS NULL") }
        try await wake("\(id)", in: transaction)
        return (try row.get("name"), try row.get("version"))
    }

    /// Makes runs due, and tells the workers of all processes.
    private static func wake(_ ids: SQL, in transaction: Transaction) async throws {
        try await transaction.execute(
            """
            UPDATE roost_work SET crashes = 0 WHERE id IN (\(ids)) AND queue IN (SELECT queue FROM roost_runs WHERE id IN (\(ids)))
            AND crashes > 0
            """)
        try await tell(ids, in: transaction)
    }

    /// Makes runs due for which something has arrived, and tells the workers of all processes.
    private static func tell(_ ids: SQL, in transaction: Transaction) async throws {
        try await WorkQueue<RunJob>.announce(in: transaction)
        try await transaction.execute(waking(ids))
    }

    // MARK: Signals

    /// Writes a signal to a run, and takes the run up again.
    /// - Returns: The run's workflow and version; `nil` if it has ended or does not exist.
    static func send(
        _ name: String, _ json: String, to id: String, in transaction: Transaction
    ) async throws -> (workflow: String, version: Int)? {
        let lock: SQL = transaction.dialect.locksRows ? " FOR SHARE" : ""
        guard let row = try await transaction.first("SELECT name, version FROM roost_runs WHERE id = \(id) AND ended_at IS NULL" + lock)
        else { return nil }
        try await transaction.execute(
            "INSERT INTO roost_run_signals (run_id, name, value, sent_at) VALUES (\(id), \(name), \(json), \(transaction.sharedTime))")
        try await tell("\(id)", in: transaction)
        return (try row.get("name"), try row.get("version"))
    }

    func signal(_ name: String, of id: String) async throws -> (number: Int64, json: String)? {
        try await database.first(
            "SELECT number, value FROM roost_run_signals WHERE run_id = \(id) AND name = \(name) ORDER BY number LIMIT 1"
        ).map { (try $0.get("number"), try $0.get("value")) }
    }

    func removeSignal(_ number: Int64, in transaction: Transaction) async throws {
        try await transaction.execute("DELETE FROM roost_run_signals WHERE number = \(number)")
    }
}
