import Roost
import RoostData
import RoostWork

extension RunStore {
    /// Deletes the records of a run from a step on, and takes the run up again. A worker that has the run loses it.
    /// - Returns: The run's workflow and version.
    /// - Throws: A `Problem` with status 404, 409 if the run has ended, or 422 if it has no such step.
    static func retry(_ id: String, from step: StepKey, in transaction: Transaction) async throws -> (workflow: String, version: Int) {
        let rows = try await transaction.returning(
            """
            UPDATE roost_runs SET status = 'running', reason = NULL, is_cancel_requested = 0 WHERE id = \(id) AND ended_at IS NULL
            RETURNING name, version, queue
            """)
        guard let row = rows.first else { throw try await refusal(of: id, in: transaction) }
        // Before the records are read: a worker that is writing some has then written all of them, and cannot write any more.
        try await transaction.execute(
            """
            UPDATE roost_work SET worker = NULL, epoch = 0, due_at = 0, is_retry = 0, crashes = 0, state = 'waiting', reason = NULL, ended_at = NULL,
                -- The steps whose records are deleted have begun.
                attempts = 1
            WHERE queue = \(try row.get("queue", as: String.self)) AND id = \(id)
                AND id NOT IN (SELECT run_id FROM roost_run_places WHERE run_id = \(id) AND taken_at IS NULL)
            """)
        try await WorkQueue<RunJob>.announce(in: transaction)
        let first = try await number(of: step, in: id, transaction)
        try await transaction.execute("DELETE FROM roost_run_steps WHERE run_id = \(id) AND number >= \(first)")
        return (try row.get("name"), try row.get("version"))
    }

    /// Starts a run with the records of another one that precede a step.
    /// - Throws: A `Problem` with status 404, 409 if the new identifier is taken, or 422 if the run has no such step.
    static func fork(_ id: String, from step: StepKey, as new: NewRun, in transaction: Transaction) async throws {
        let first = try await number(of: step, in: id, transaction)
        guard try await start(new, in: transaction) else { throw Problem(.conflict, "There is a run \(new.id) already.") }
        try await transaction.execute(
            """
            INSERT INTO roost_run_steps (run_id, name, key, is_undo, number, kind, outcome, result, is_sequential, recorded_at)
            SELECT \(new.id), name, key, is_undo, number, kind, outcome, result, is_sequential, recorded_at FROM roost_run_steps
            WHERE run_id = \(id) AND number < \(first)
            """)
    }

    /// What a fork takes over from its original.
    static func origin(of id: String, in transaction: Transaction) async throws -> (name: String, version: Int, input: String) {
        guard let row = try await transaction.first("SELECT name, version, input FROM roost_runs WHERE id = \(id)") else {
            throw noRun(id)
        }
        return (try row.get("name"), try row.get("version"), try row.get("input"))
    }

    /// Why a run cannot be steered.
    static func refusal(of id: String, in database: some Querying) async throws -> Problem {
        guard let row = try await database.first("SELECT status FROM roost_runs WHERE id = \(id)") else { return noRun(id) }
        return Problem(.conflict, "The run \(id) has ended: it is \(try row.get("status", as: String.self)).")
    }

    static func noRun(_ id: String) -> Problem { Problem(.notFound, "There is no run \(id).") }

    private static func number(of step: StepKey, in id: String, _ transaction: Transaction) async throws -> Int {
        let row = try await transaction.first(
            """
            SELECT number FROM roost_run_steps WHERE run_id = \(id) AND name = \(step.name) AND key = \(step.key) AND is_undo = 0
            """)
        guard let row else { throw Problem(.unprocessable, "The run \(id) has no recorded step \(step.label).") }
        return try row.get("number")
    }
}
