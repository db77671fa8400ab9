/// Whether another attempt at the same work can succeed.
///
/// Everything that retries relies on it: the outbox, event consumers, mail queues, order steps and webhooks.
public enum FailureKind: Hashable, Sendable {
    /// The failure may pass: a service is down, or a call took too long. The work is tried again.
    case transient
    /// The same work would fail again. It ends, and the reason is recorded.
    case permanent

    /// Classifies an error. An error that does not classify itself is transient.
    public init(of error: any Error) {
        self = (error as? any ClassifiedError)?.failureKind ?? .transient
    }
}

extension FailureKind {
    /// Returns the text that is recorded for an error: at most 2 KiB of its description, without U+0000, where some databases cut off
    /// texts.
    public static func reason(of error: any Error) -> String { reason("\(error)") }

    /// Returns a reason as it is recorded.
    public static func reason(_ text: String) -> String {
        guard text.utf8.count > 2048 || text.utf8.contains(0) else { return text }
        return String(decoding: text.utf8.lazy.filter { $0 != 0 }.prefix(2048), as: UTF8.self)
    }
}

/// An error of the toolkit, by its scope: `Problem` (the response to a call), `ConfigurationError` (a start), `DatabaseError` (stored data),
/// `TransportError` (a connection) or `DecodingFailure` (bytes).
public protocol ClassifiedError: Error, Sendable, CustomStringConvertible {
    /// The codes of the errors of this scope.
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
    /// Permanent if the callee objects to the request itself, and transient if the failure depends on the moment: access (401, 403: keys
    /// are renewed), time (408), state (409), connections (421), order (425), rates (429), and failures of the callee (5xx), including
    /// unknown operations (501), which its next version may know during a rolling update.
    public var failureKind: FailureKind {
        switch status.code {
        case 401, 403, 408, 409, 421, 423, 424, 425, 429: .transient
        case 400..<500: .permanent
        default: .transient
        }
    }
}

/// Data that cannot be read now will never be readable.
extension DecodingFailure: ClassifiedError {
    /// Permanent: bytes that cannot be decoded now never can be.
    public var failureKind: FailureKind { .permanent }
}
