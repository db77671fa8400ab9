/// Why a call got no answer, and how far it had come. What the callee answers, a `Problem` included, is never one of these.
public struct CallFailure: Error {
    /// How far a call came, which tells whether it may be made again.
    public enum Progress: Hashable, Sendable {
        /// The callee has not seen the call, or says that it did nothing with it: any call may be made again.
        case notSent
        /// The callee may have acted on the call: one that is idempotent may be made again.
        case unanswered
        /// An answer had begun, or nobody waits for one any more.
        case answered
    }

    public let progress: Progress
    /// A `Problem`, a `CancellationError`, or what the call's body threw.
    public let cause: any Error
    /// The code of the RST_STREAM or GOAWAY frame that ended it (RFC 9113 §7), where one did.
    public let code: UInt32?
    /// Whether the callee is to blame: there is no connection to it, it broke one off, or it was silent for longer than this side puts
    /// up with. Not where the caller gave up in its own time, nor for anything that the callee answered: what one caller does must not
    /// count against a callee for all others.
    public let isCalleesFault: Bool

    /// - Parameters:
    ///   - progress: how far the call came.
    ///   - cause: what went wrong.
    ///   - code: the code of the frame that ended it.
    ///   - isCalleesFault: whether the callee is to blame.
    public init(_ progress: Progress, _ cause: any Error, code: UInt32? = nil, isCalleesFault: Bool = false) {
        self.progress = progress
        self.cause = cause
        self.code = code
        self.isCalleesFault = isCalleesFault
    }

    /// A call that could not be sent, for want of a connection: any call may be made again. A cause that is a `CallFailure` stays as it is.
    public init(notSent cause: any Error) {
        if let failure = cause as? CallFailure {
            self = failure
            return
        }
        self.init(.notSent, cause, isCalleesFault: (cause as? Problem)?.status == .unavailable)
    }

    /// A call that was not sent on purpose, and is not to be made again.
    public init(refused cause: Problem) { self.init(.answered, cause) }
}

/// As its cause is: a connection that fails may come back, and a body that cannot be made will not be made another time.
extension CallFailure: ClassifiedError {
    public var failureKind: FailureKind { FailureKind(of: cause) }
}
