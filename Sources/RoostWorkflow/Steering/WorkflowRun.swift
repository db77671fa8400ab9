public import Roost

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A run as it is shown to those who operate the service.
@Schema(omitsNil: true)
public struct WorkflowRun: Equatable {
    /// The identifier of the run.
    public var id: String
    /// The name of the workflow.
    public var name: String
    /// The version of the workflow.
    public var version: Int
    /// The status of the run.
    public var status: RunStatus
    /// When the run was started.
    public var startedAt: Date
    /// When the run ended.
    public var endedAt: Date?
    /// Why the run failed, is stuck or has diverged, or why it was last tried again.
    public var reason: String?
    /// What the run waits for, such as `the signal call_off`.
    public var waitsFor: String?
    /// The recorded steps, in the order in which they were recorded.
    public var steps: [WorkflowStep]
}

/// A recorded step of a run.
@Schema(omitsNil: true)
public struct WorkflowStep: Equatable {
    /// The name of the step.
    public var name: String
    /// The key, which distinguishes steps with the same name; empty if there is only one.
    public var key: String
    /// The kind of the step. An undo has the name and the key of the step that it undoes.
    public var kind: StepKind
    /// The outcome of the step.
    public var outcome: StepConclusion
    /// Why the step failed.
    public var failure: String?
    /// When the step was recorded.
    public var at: Date
    /// What the step returned, if results were asked for.
    public var result: JSONValue?
}

/// The outcome of a step, without its result.
@Schema
public enum StepConclusion: String, Sendable {
    /// The step returned.
    case done
    /// The step failed permanently.
    case failed
    /// The run was cancelled at this step, or the step's task was cancelled.
    case cancelled
}
