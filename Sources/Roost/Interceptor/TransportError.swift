/// An error of a connection: it could not be made, was lost, or the other side violated the protocol.
///
/// A response of the other side, a `Problem` included, is never one of these.
public struct TransportError: ClassifiedError {
    /// The kind of error. Transports may add their own.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// Lowercase words with underscores in between.
        public let rawValue: String

        /// Creates a code.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The other side has gone, in the middle of what was to be read from it or sent to it.
        public static let connectionClosed = Code(rawValue: "connection_closed")
        /// Nothing answers there, or no more calls are accepted.
        public static let unavailable = Code(rawValue: "unavailable")
        /// No response came in time.
        public static let timedOut = Code(rawValue: "timed_out")
        /// Nobody waits for a response any more.
        public static let cancelled = Code(rawValue: "cancelled")
        /// What came is not what the protocol allows.
        public static let invalidResponse = Code(rawValue: "invalid_response")
        /// What was to be sent cannot be sent, such as a body whose length is not the announced one.
        public static let invalidContent = Code(rawValue: "invalid_content")
        /// Two tasks read from one connection at the same time.
        public static let concurrentRead = Code(rawValue: "concurrent_read")
        /// Whatever the content of the call threw.
        public static let failed = Code(rawValue: "failed")
    }

    /// How far a call came, which tells whether it may be made again.
    public enum Progress: Hashable, Sendable {
        /// The callee has not seen the call, or says that it did nothing with it: any call may be made again.
        case notSent
        /// The callee may have acted on the call: one that is idempotent may be made again.
        case unanswered
        /// A response had begun, or the caller no longer waits for one.
        case answered
    }

    /// The kind of error.
    public let code: Code
    /// What happened, for the log. It may name addresses.
    public let message: String
    /// What is thrown to the caller instead, if there is something: a `Problem`, a `CancellationError`, or what the call's content threw.
    public let cause: (any Error)?
    /// How far the call came.
    public let progress: Progress
    /// The code of the frame that ended the call, if one did: RST_STREAM or GOAWAY over HTTP/2 (RFC 9113 §7), a close frame over a
    /// WebSocket (RFC 6455 §7.4).
    public let frameCode: UInt32?
    /// Whether the callee is to blame: there is no connection to it, it broke one off, or it was silent for longer than the limit.
    /// Not if the caller gave up in its own time, nor for anything that the callee answered: what one caller does must not count against
    /// a callee for all others.
    public let isCalleesFault: Bool
    /// The address that the error is about, if it is about this side's own.
    public let place: Place?
    private let givenKind: FailureKind?

    /// Where a program listens, or tries to.
    public struct Place: Hashable, Sendable {
        /// The address or name.
        public let host: String
        /// The TCP port.
        public let port: Int

        /// Creates a place.
        public init(host: String, port: Int) { (self.host, self.port) = (host, port) }
    }

    /// Creates an error.
    /// - Parameters:
    ///   - code: The kind of error.
    ///   - message: What happened.
    ///   - cause: The error behind it.
    ///   - place: The address of this side that it is about.
    ///   - frameCode: The code of the frame that ends the connection.
    ///   - failureKind: Whether another attempt can succeed; by default, that of the cause.
    public init(
        _ code: Code, _ message: String, cause: (any Error)? = nil, place: Place? = nil, frameCode: UInt32? = nil,
        failureKind: FailureKind? = nil
    ) {
        self.code = code
        self.message = message
        self.cause = cause
        self.place = place
        givenKind = failureKind
        progress = .answered
        self.frameCode = frameCode
        isCalleesFault = false
    }

    /// Creates the error of a call.
    /// - Parameters:
    ///   - progress: How far the call came.
    ///   - cause: What went wrong.
    ///   - frameCode: The code of the frame that ended it.
    ///   - isCalleesFault: Whether the callee is to blame.
    public init(_ progress: Progress, _ cause: any Error, frameCode: UInt32? = nil, isCalleesFault: Bool = false) {
        code = Code(cause)
        message = "\(cause)"
        self.cause = cause
        self.progress = progress
        self.frameCode = frameCode
        self.isCalleesFault = isCalleesFault
        place = nil
        givenKind = nil
    }

    /// Creates the error of a call that could not be sent because there is no connection: any call may be made again. A cause that is a
    /// `TransportError` stays as it is.
    public init(notSent cause: any Error) {
        if let error = cause as? TransportError {
            self = error
            return
        }
        self.init(.notSent, cause, isCalleesFault: (cause as? Problem)?.status == .unavailable)
    }

    /// Creates the error of a call that was not sent on purpose, and must not be repeated.
    public init(refused cause: Problem) { self.init(.answered, cause) }

    /// The error that the caller gets: the cause, or this error if it has no cause.
    package var thrown: any Error { cause ?? self }

    /// The message.
    public var description: String { message }

    /// The kind that was given, or else that of the cause. Without either, the failure is transient, because a connection may come back.
    public var failureKind: FailureKind { givenKind ?? cause.map { FailureKind(of: $0) } ?? .transient }
}

extension TransportError.Code {
    /// The code of what a call is to throw.
    fileprivate init(_ cause: any Error) {
        switch cause {
        case let error as TransportError: self = error.code
        case is CancellationError: self = .cancelled
        case let problem as Problem where problem.status == .unavailable: self = .unavailable
        case let problem as Problem where problem.status == .gatewayTimeout: self = .timedOut
        case let problem as Problem where problem.status == .badGateway: self = .invalidResponse
        default: self = .failed
        }
    }
}

extension TransportError: Equatable {
    /// Returns whether two errors are equal apart from their causes.
    public static func == (left: TransportError, right: TransportError) -> Bool {
        left.code == right.code && left.message == right.message && left.progress == right.progress && left.place == right.place
            && left.frameCode == right.frameCode && left.isCalleesFault == right.isCalleesFault
    }
}
