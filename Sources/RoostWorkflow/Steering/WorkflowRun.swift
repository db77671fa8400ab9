public import Roost

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A run as those see it who watch over it.
@Schema(omitsNil: true)
public struct WorkflowRun: Equatable {
    /// The identifier.
    public var id: String
    /// The name of the workflow.
    public var name: String
    /// The version of the workflow.
    public var version: Int
    /// How far it is.
    public var status: RunStatus
    /// When it was started.
    public var startedAt: Date
    /// When it ended.
    public var endedAt: Date?
    /// Why it failed, is stuck or has diverged, or why it was last tried again.
    public var reason: String?
    /// What it waits for, such as `the signal call_off`.
    public var waitsFor: String?
    /// The recorded steps, in the order in which they were recorded.
    public var steps: [WorkflowStep]
}

/// A recorded step of a run.
@Schema(omitsNil: true)
public struct WorkflowStep: Equatable {
    /// The name.
    public var name: String
    /// The key, which distinguishes steps with the same name; empty if there is only one.
    public var key: String
    /// What it is. An undo has the name and the key of the step that it undoes.
    public var kind: StepKind
    /// What came of it.
    public var outcome: StepConclusion
    /// Why it failed.
    public var failure: String?
    /// When it was recorded.
    public var at: Date
    /// What it returned, if that was asked for.
    public var result: JSONValue?
}

/// What came of a step, without its result.
@Schema
public enum StepConclusion: String, Sendable {
    /// It returned.
    case done
    /// It failed permanently.
    case failed
    /// The run was cancelled when it came to this step.
    case cancelled
}
