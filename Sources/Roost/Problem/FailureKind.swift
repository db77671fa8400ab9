/// Whether another attempt at the same work can succeed.
///
/// Everything that tries again asks this one question: the outbox, event consumers, mail queues, order steps, webhooks.
public enum FailureKind: Hashable, Sendable {
    /// The failure may pass by itself: a service is down, a call took too long. The work is tried again.
    case transient
    /// The same work will fail in the same way. It ends, and its reason is recorded.
    case permanent

    /// Classifies an error. One that says nothing of itself may pass.
    public init(of error: any Error) {
        self = (error as? any ClassifiedError)?.failureKind ?? .transient
    }
}

extension FailureKind {
    /// What is recorded of an error: its description, without U+0000, at which some databases end a text, and at most 2 KiB of it.
    public static func reason(of error: any Error) -> String { reason("\(error)") }

    /// A reason in words, as it is recorded.
    public static func reason(_ text: String) -> String {
        guard text.utf8.count > 2048 || text.utf8.contains(0) else { return text }
        return String(decoding: text.utf8.lazy.filter { $0 != 0 }.prefix(2048), as: UTF8.self)
    }
}

/// An error of the toolkit, by its scope: `Problem` (the answer to a call), `ConfigurationError` (a start), `DatabaseError` (stored data),
/// `TransportError` (a connection) or `DecodingFailure` (bytes).
public protocol ClassifiedError: Error, Sendable, CustomStringConvertible {
    associatedtype Code: RawRepresentable<String>

    /// Identifies the kind of error to programs. It never changes.
    var code: Code { get }
    /// What happened and what to do, for a person. It contains no secrets.
    var message: String { get }
    /// The error behind it, for the log.
    var cause: (any Error)? { get }
    /// Whether another attempt at the same work can succeed.
    var failureKind: FailureKind { get }
}

extension Problem: ClassifiedError {
    /// What the callee says of the request itself is permanent. What depends on the moment is not: who may call (401, 403: keys are
    /// renewed), time (408), state (409), connections (421), order (425), rates (429), and what went wrong on the callee's side (5xx):
    /// also what it does not know (501), which in a rolling change its next version does.
    public var failureKind: FailureKind {
        switch status.code {
        case 401, 403, 408, 409, 421, 423, 424, 425, 429: .transient
        case 400..<500: .permanent
        default: .transient
        }
    }
}

extension DecodingFailure: ClassifiedError {
    /// Permanent: bytes that cannot be decoded now never can be.
    public var failureKind: FailureKind { .permanent }
}
