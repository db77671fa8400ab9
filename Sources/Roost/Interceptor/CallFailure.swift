/// Why a call got no reply, and how far it came. A reply of the callee is never a `CallFailure`, even if it is a `Problem`.
public struct CallFailure: Error {
    /// How far a call came, which determines whether it can be repeated.
    public enum Progress: Hashable, Sendable {
        /// The callee has not seen the call, or reports that it did not act on it. Any call can be repeated.
        case notSent
        /// The callee may have acted on the call. An idempotent call can be repeated.
        case unanswered
        /// A reply had begun, or nobody is waiting for one any more.
        case answered
    }

    /// How far the call came.
    public let progress: Progress
    /// A `Problem`, a `CancellationError`, or the error of the call's body.
    public let cause: any Error
    /// The code of the RST_STREAM or GOAWAY frame that ended the call (RFC 9113 §7), if one did.
    public let code: UInt32?
    /// Whether the failure is the callee's fault: it cannot be reached, it closed the connection, or it was silent for too long. It is not
    /// if the caller stopped waiting, or if the callee replied, since what one caller does must not count against the callee for all
    /// others.
    public let isCalleesFault: Bool

    /// Creates a failure.
    /// - Parameters:
    ///   - progress: How far the call came.
    ///   - cause: What went wrong.
    ///   - code: The code of the frame that ended the call.
    ///   - isCalleesFault: Whether the failure is the callee's fault.
    public init(_ progress: Progress, _ cause: any Error, code: UInt32? = nil, isCalleesFault: Bool = false) {
        self.progress = progress
        self.cause = cause
        self.code = code
        self.isCalleesFault = isCalleesFault
    }

    /// Creates the failure of a call that could not be sent because there was no connection, so that it can be repeated. A cause that is a
    /// `CallFailure` is returned unchanged.
    public init(notSent cause: any Error) {
        if let failure = cause as? CallFailure {
            self = failure
            return
        }
        self.init(.notSent, cause, isCalleesFault: (cause as? Problem)?.status == .unavailable)
    }

    /// Creates the failure of a call that was deliberately not sent, and must not be repeated.
    public init(refused cause: Problem) { self.init(.answered, cause) }
}

/// A failure has the kind of its cause: a failed connection may come back, but a body that cannot be made will not be made the next time.
extension CallFailure: ClassifiedError {
    /// The kind of the cause.
    public var failureKind: FailureKind { FailureKind(of: cause) }
}
