import NIOCore
import NIOPosix

/// Why a connection could not be established.
enum HandshakeFailure: Error {
    /// The server refused it.
    case server(ServerMessage)
    /// TLS is required, and the server does not have it.
    case noTLS
    /// The server asks for the password in a form that others could read or use.
    case insecure(AuthenticationMethod)
    /// The server asks for a method that `require_auth` excludes.
    case notAllowed(AuthenticationMethod)
    case noPassword
    /// Channel binding is required, and the server authenticates in a way that cannot be bound to the TLS connection.
    case noChannelBinding
    case unsupported(String)
    case scram(SCRAM.Failure)
    case violation(String)
    /// The connection could not be made, or was lost.
    case network(any Error)
    case timeout
    /// The database is missing and cannot be created.
    case cannotCreate(String, String?)
    /// No server has the required role.
    case noSuitableServer(String)
}

extension HandshakeFailure {
    /// Whether another attempt may succeed without anybody changing the configuration.
    var isTransient: Bool {
        switch self {
        case .network, .timeout, .noSuitableServer, .violation: true
        case .server(let message): message.isUnavailability
        default: false
        }
    }
}

extension HandshakeFailure {
    /// Whether the name of the host is unknown, which seldom passes.
    var isUnknownHost: Bool {
        guard case .network(let error) = self, let failure = error as? NIOConnectionError else { return false }
        return failure.connectionErrors.isEmpty
    }
}

extension HandshakeFailure: CustomStringConvertible {
    /// The reason for people. It contains no password.
    var description: String {
        switch self {
        case .server(let message): "the server refused the connection: \(message.message) (\(message.code))"
        case .noTLS: "the server does not support TLS, which sslmode requires"
        case .insecure(let method):
            "the server asks for the authentication method \(method.rawValue), which is refused without TLS: use scram-sha-256 or TLS"
        case .notAllowed(.none): "the server does not ask for a password, which require_auth does not allow"
        case .notAllowed(let method):
            "the server asks for the authentication method \(method.rawValue), which require_auth does not allow"
        case .noPassword: "the server asks for a password, but no password is configured"
        case .noChannelBinding:
            "channel binding is required, and the server does not offer it: it takes TLS and the authentication method scram-sha-256"
        case .unsupported(let method): "the server asks for the authentication method \(method), which the driver does not support"
        case .scram(let failure): "the authentication failed: \(failure.reason)"
        case .violation(let what): "the server does not speak PostgreSQL's protocol: \(what)"
        case .network(let error): "the server cannot be reached: \(error)"
        case .timeout: "the server did not answer in time"
        case .cannotCreate(let name, let reason): "the database \(name) does not exist, and cannot be created: \(reason ?? "unknown")"
        case .noSuitableServer(let role): "no server is \(role)"
        }
    }
}
