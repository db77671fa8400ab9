public import Roost
import RoostData

/// What a run has recorded, to test whether a changed workflow still takes the same path.
///
/// Save it as a JSON file, `JSON.text(try await workflows.record(of: id))`, and read it in the test with `JSON.decode(RecordedRun.self, from:)`. It
/// contains the input and the results of the steps as they are, secrets among them.
@Schema(omitsNil: true)
public struct RecordedRun: Equatable {
    /// The identifier of the run.
    public var id: String
    /// The name of the workflow.
    public var name: String
    /// The version of the workflow.
    public var version: Int
    /// The status of the run when it was read.
    public var status: RunStatus
    /// The input of the run, as JSON text.
    public var input: String
    /// The output of the run, as JSON text; `nil` if it has not returned one.
    public var output: String?
    /// The steps, in the order in which they were recorded.
    public var steps: [RecordedStep]
}

/// A step as it was recorded.
@Schema
public struct RecordedStep: Equatable {
    /// The name of the step.
    public var name: String
    /// The key of the step; empty if it has none.
    public var key: String
    /// The kind of the step.
    public var kind: StepKind
    /// `done`, `failed`, `cancelled`, `cancelled_unknown` (the run was cancelled at this step, which may have begun), or `abandoned` (the step's task
    /// was cancelled).
    public var outcome: String
    /// What the step returned, or its failure, as JSON text.
    public var result: String
    /// Whether the workflow's own task asked for the step. The steps of child tasks have no order.
    public var isSequential: Bool
}

extension RecordedStep {
    init(_ record: StepRecord) {
        let (outcome, result) = record.outcome.columns
        self.init(
            name: record.step.name, key: record.step.key, kind: record.kind, outcome: outcome, result: result,
            isSequential: record.isSequential)
    }

    func record(number: Int) throws -> StepRecord {
        StepRecord(
            step: StepKey(name: name, key: key, isUndo: kind == .undo), kind: kind, outcome: try StepOutcome(outcome, result),
            isSequential: isSequential, number: number)
    }
}

extension Workflows {
    /// Returns what a run has recorded so far, with its input and all results.
    /// - Throws: A `Problem` with status 404 if there is no such run; a `DatabaseError`.
    public func record(of id: String) async throws -> RecordedRun {
        let sql: SQL = "SELECT name, version, status, input, output FROM roost_runs WHERE id = \(id)"
        guard let row = try await store.database.first(sql), let loaded = try await store.load(id) else { throw RunStore.noRun(id) }
        return RecordedRun(
            id: id, name: try row.get("name"), version: try row.get("version"), status: try RunStore.status(try row.get("status")),
            input: loaded.input, output: try row.get("output"), steps: loaded.records.map(RecordedStep.init))
    }
}
