import Roost
import RoostData
import RoostWork

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension RunStore {
    /// Reads runs without their steps, the newest first.
    /// - Parameters:
    ///   - condition: Which runs, by the columns of `run`.
    ///   - limit: The largest number.
    func runs(where condition: SQL, limit: Int) async throws -> [WorkflowRun] {
        // A run that is claimed or due no longer waits.
        let sql: SQL = """
            SELECT run.id, run.name, run.version, run.status, run.reason, run.started_at, run.ended_at,
                CASE WHEN run.status <> 'running' THEN NULL WHEN place.run_id IS NOT NULL THEN 'a place in the queue ' || place.queue
                WHEN work.worker IS NULL AND work.due_at > \(database.sharedTime) THEN run.waits_for END AS waits_for
            FROM roost_runs AS run LEFT JOIN roost_work AS work ON work.queue = run.queue AND work.id = run.id
            LEFT JOIN roost_run_places AS place ON place.run_id = run.id AND place.taken_at IS NULL
            WHERE \(condition) ORDER BY run.started_at DESC, run.id DESC LIMIT \(limit)
            """
        return try await database.query(sql).map { row in
            WorkflowRun(
                id: try row.get("id"), name: try row.get("name"), version: try row.get("version"),
                status: try Self.status(try row.get("status")), startedAt: try row.get("started_at"), endedAt: try row.get("ended_at"),
                reason: try row.get("reason"), waitsFor: try row.get("waits_for"), steps: [])
        }
    }

    /// Adds the steps to runs.
    func complete(_ runs: [WorkflowRun], withResults: Bool) async throws -> [WorkflowRun] {
        guard !runs.isEmpty else { return [] }
        let rows = try await database.query(
            """
            SELECT run_id, name, key, is_undo, number, kind, outcome, result, is_sequential, recorded_at FROM roost_run_steps
            WHERE run_id IN \(runs.map(\.id)) ORDER BY run_id, number
            """)
        var steps: [String: [WorkflowStep]] = [:]
        for row in rows {
            steps[try row.get("run_id"), default: []]
                .append(try WorkflowStep(StepRecord(row), at: try row.get("recorded_at"), withResult: withResults))
        }
        return runs.map { run in
            var run = run
            run.steps = steps[run.id] ?? []
            return run
        }
    }
}

extension WorkflowStep {
    /// - Parameter withResult: Whether the result is part of it.
    fileprivate init(_ record: StepRecord, at date: Date, withResult: Bool) throws {
        var failure: String?, result: JSONValue?
        let conclusion: StepConclusion
        switch record.outcome {
        case .done(let json):
            conclusion = .done
            if withResult { result = try JSON.decode(JSONValue.self, from: Array(json.utf8)) }
        case .failed(let problem): (conclusion, failure) = (.failed, problem.detail ?? problem.code)
        case .cancelled, .abandoned: conclusion = .cancelled
        }
        self.init(
            name: record.step.name, key: record.step.key, kind: record.kind, outcome: conclusion, failure: failure, at: date,
            result: result)
    }
}
