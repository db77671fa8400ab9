import NIOHTTP2
import Roost

/// Why an exchange failed, and how far it had come.
public struct ExchangeFailure: Error {
    /// How far an exchange came, which tells who may repeat it.
    public enum Progress: Hashable, Sendable {
        /// The server has not seen the request, or says that it did nothing with it: any request may be repeated.
        case notSent
        /// The server may have acted on the request: one that is idempotent may be repeated.
        case unanswered
        /// An answer had begun, or nobody waits for one any more.
        case answered
    }

    public let progress: Progress
    /// A `Problem`, a `CancellationError`, or what the request's body threw.
    public let cause: any Error
    /// The code of the RST_STREAM or GOAWAY frame that ended it (RFC 9113 §7), where one did.
    public let code: UInt32?
    /// Whether the server is to blame: there is no connection to it, it broke one off, or it was silent for longer than this side puts
    /// up with. Not where the caller gave up in its own time, nor for anything that the server answered: what one caller does must not
    /// count against a server for all others.
    public let isServersFault: Bool

    init(_ progress: Progress, _ cause: any Error, code: HTTP2ErrorCode? = nil, isServersFault: Bool = false) {
        self.progress = progress
        self.cause = cause
        self.isServersFault = isServersFault
        self.code = code.map { UInt32(http2ErrorCode: $0) }
    }

    /// A request that could not be sent, for want of a connection: any request may be repeated.
    public init(notSent cause: any Error) {
        self.init(.notSent, cause, isServersFault: (cause as? Problem)?.status == .unavailable)
    }

    /// A request that was not sent on purpose, and is not to be repeated.
    public init(refused cause: Problem) { self.init(.answered, cause) }

    /// - Parameter fault: what was wrong with what the server sent, where that is why this side closed.
    static func closed(_ progress: Progress, _ address: HTTPAddress, by fault: (any Error)? = nil) -> ExchangeFailure {
        let how = fault.map { "is not understood (\($0))" } ?? "closed the connection"
        let cause =
            progress == .answered
            ? Problem(.badGateway, "\(address) \(how) in the middle of its answer.")
            : Problem.unavailable("\(address) \(how) before it answered.")
        return ExchangeFailure(progress, cause, isServersFault: true)
    }
}

/// As its cause is: a connection that fails may come back, and a body that cannot be made will not be made another time.
extension ExchangeFailure: ClassifiedError {
    public var failureKind: FailureKind { FailureKind(of: cause) }
}
