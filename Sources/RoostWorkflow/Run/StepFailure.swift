public import Roost

/// The permanent failure of a step. It is recorded, and thrown again whenever the run is taken up again.
public struct StepFailure: ClassifiedError {
    /// The code of the failure.
    public typealias Code = Problem.Code

    /// The name of the step, with its key if it has one.
    public let step: String
    /// The recorded part of the error: its status, code and detail. An error that is not a `Problem` has the status 422.
    public let problem: Problem

    /// The code of the failure.
    public var code: Code { problem.code }
    /// The detail of the failure.
    public var message: String { problem.detail ?? problem.title }
    /// `nil`: the error behind it was not recorded.
    public var cause: (any Error)? { nil }
    /// Permanent: no further attempt is made.
    public var failureKind: FailureKind { .permanent }
    /// The text for logs.
    public var description: String { "\(step): \(problem)" }
}
