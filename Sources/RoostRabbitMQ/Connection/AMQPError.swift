import Roost

/// Why a connection or a channel cannot be used.
enum AMQPError: Error, Hashable {
    /// The server cannot be reached, or the connection ended.
    case unreachable(String)
    /// The server refuses the user, the password or the virtual host.
    case refused(String)
    /// The server cannot be used, whatever the circumstances.
    case unusable(String)
    /// The server has closed the channel or the connection.
    case closed(AMQPMethod.Reason)

    /// What is wrong, for a log line or the error of a start.
    var reason: String {
        switch self {
        case .unreachable(let reason), .refused(let reason), .unusable(let reason): reason
        case .closed(let reason): "\(reason.text) (\(reason.code))"
        }
    }

    /// Whether the server may be down only at the moment.
    var isUnreachable: Bool {
        switch self {
        case .unreachable: true
        case .closed(let reason): reason.code == 320 || reason.code == 541 && !reason.text.contains("feature flag")
        case .refused, .unusable: false
        }
    }

    /// Whether another attempt cannot succeed until somebody changes the server or the settings.
    var isPermanent: Bool {
        switch self {
        case .unreachable: false
        case .refused, .unusable: true
        case .closed(let reason): AMQPMethod.Reason.permanent.contains(reason.code)
        }
    }

    /// The error for the caller of an operation.
    var problem: any Error { isPermanent ? ConfigurationError("RabbitMQ \(what)") : TransportError(.unavailable, "RabbitMQ \(what)") }

    private var what: String {
        switch self {
        case .unreachable: "cannot be reached: \(reason)"
        case .refused, .unusable: "cannot be used: \(reason)"
        case .closed: "answered with an error: \(reason)"
        }
    }
}

extension AMQPMethod.Reason {
    /// Access refused, not found, resource locked, precondition failed, not allowed, not implemented (AMQP 0-9-1 §1.2.1 of the reference).
    fileprivate static let permanent: Set<UInt16> = [403, 404, 405, 406, 530, 540]
    /// Whether a message was refused for its size: content too large, or a precondition of the server's `max_message_size`.
    var isOfSize: Bool { code == 311 || code == 406 && text.contains("larger than") }
}
