public import Roost

/// A step has failed for good: the failure is recorded, and thrown again whenever the run is taken up again.
public struct StepFailure: ClassifiedError {
    /// The code of the failure.
    public typealias Code = Problem.Code

    /// The step.
    public let step: String
    /// What was recorded of the error: its status, code and detail. The status of an error that is not a `Problem` is 422.
    public let problem: Problem

    /// The code of the failure.
    public var code: Code { problem.code }
    /// The detail of the failure.
    public var message: String { problem.detail ?? problem.title }
    /// `nil`: the error behind it was not recorded.
    public var cause: (any Error)? { nil }
    /// Permanent: no further attempt is made.
    public var failureKind: FailureKind { .permanent }
    /// The text for the log.
    public var description: String { "\(step): \(problem)" }
}
