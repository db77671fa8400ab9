/// What a server says of a connection at its start.
struct ServerSession: Hashable, Sendable {
    /// With which the running statement can be cancelled; `nil` if the server does not support that.
    var key: BackendKey?
    /// The settings that the server reports, such as `server_version` and `in_hot_standby`.
    var parameters: [String: String] = [:]

    /// Whether the server is a standby; `nil` if it does not say so.
    var isStandby: Bool? { parameters["in_hot_standby"].map { $0 == "on" } }

    /// Whether transactions are read-only by default, as they always are on a standby; `nil` if the server does not say so.
    var isReadOnly: Bool? {
        guard let isStandby, let isReadOnly = parameters["default_transaction_read_only"] else { return nil }
        return isStandby || isReadOnly == "on"
    }
}

/// Who connects, and how.
struct Credentials: Sendable {
    enum ChannelBinding: String, Sendable { case disable, prefer, require }

    let user: String
    let password: String?
    let database: String
    let tls: TLSMode
    var channelBinding = ChannelBinding.prefer
    /// The ways in which the server may authenticate the client.
    var methods = AuthenticationMethod.all
    /// Further parameters of the start.
    var settings: [(String, String)] = []

    var parameters: [(String, String)] { [("user", user), ("database", database), ("client_encoding", "UTF8")] + settings }
}

/// Whether a connection uses TLS, and how the server's identity is checked, as with libpq's `sslmode`
/// (https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION).
public enum TLSMode: String, Hashable, Sendable {
    /// Never uses TLS.
    case disable
    /// Uses TLS only if the server refuses a connection without it.
    case allow
    /// Uses TLS if the server supports it.
    case prefer
    /// Requires TLS. The server's certificate is checked only if trusted roots are given.
    case require
    /// Requires TLS and a certificate that a trusted root has signed.
    case verifyCA = "verify-ca"
    /// Requires TLS and a certificate that a trusted root has signed for the server's name.
    case verifyFull = "verify-full"

    var isRequired: Bool {
        switch self {
        case .disable, .allow, .prefer: false
        case .require, .verifyCA, .verifyFull: true
        }
    }
}
