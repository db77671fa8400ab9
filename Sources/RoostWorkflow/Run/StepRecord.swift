public import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Identifies a step in its run. Its position does not, because steps that run at the same time have no order.
struct StepKey: Hashable, Sendable {
    let name: String
    let key: String
    var isUndo = false

    /// The step for a person.
    var label: String { (isUndo ? "undo of " : "") + (key.isEmpty ? name : "\(name) (\(key))") }
}

/// The kind of a step.
@Schema
public enum StepKind: String, Sendable {
    /// An effect outside the service's own database.
    case step
    /// The undo of a step.
    case undo
    /// A change of the service's own database.
    case transaction
    /// A pause.
    case sleep
    /// The receipt of a signal.
    case signal
    /// The result of another run.
    case child
}

/// What came of a step.
enum StepOutcome: Sendable {
    /// It returned a value, as JSON.
    case done(String)
    /// It failed permanently.
    case failed(RecordedFailure)
    /// The run was cancelled when it came to this step, which an earlier attempt may have begun.
    case cancelled(mayHaveBegun: Bool)
    /// Its task was cancelled, for example because another step of the task group failed. It may have taken effect.
    case abandoned
}

/// A step that was recorded, or is about to be.
struct StepRecord: Sendable {
    let step: StepKey
    let kind: StepKind
    let outcome: StepOutcome
    /// Whether the workflow's own task asked for it, and not one of its children, which have no order.
    let isSequential: Bool
    /// Its place in the order in which the steps were recorded.
    var number = 0

    /// Whether its task was cancelled.
    var isAbandoned: Bool { if case .abandoned = outcome { true } else { false } }
}

/// A permanent failure as it is recorded: what a caller may know of it.
@Schema(omitsNil: true)
struct RecordedFailure {
    var status: Int
    var code: String
    var detail: String?
}

extension RecordedFailure {
    init(_ error: any Error) {
        guard let problem = error as? Problem else {
            self.init(status: Status.unprocessable.code, code: "step_failed", detail: FailureKind.reason(of: error))
            return
        }
        self.init(status: problem.status.code, code: problem.code.rawValue, detail: problem.detail.map { FailureKind.reason($0) })
    }

    /// Returns the error that the step throws, at first and whenever the run is taken up again.
    func error(of step: StepKey) -> StepFailure {
        StepFailure(step: step.label, problem: Problem(Status(status), detail, code: Problem.Code(rawValue: code)))
    }
}
