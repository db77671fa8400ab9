import Roost

/// How to connect to a database: what its URL says, and what the environment and the password file add to it, as with libpq.
public struct PostgresConfiguration: Sendable {
    /// The server to use if the URL names several (libpq's `target_session_attrs`).
    public enum Target: String, Hashable, Sendable {
        /// The first server that answers.
        case any
        /// A server that accepts changes.
        case readWrite = "read-write"
        /// A server that does not accept changes.
        case readOnly = "read-only"
        /// A server that is not a standby.
        case primary
        /// A standby.
        case standby
        /// A standby if there is one, and otherwise any server.
        case preferStandby = "prefer-standby"
    }

    /// The pooler between the program and the server.
    public enum Pooler: String, Hashable, Sendable {
        /// No pooler, or one that keeps a server process for each connection.
        case none
        /// A pooler that may give each transaction another server process, such as pgbouncer with `pool_mode = transaction`.
        case transaction
    }

    /// The servers, in the order in which they are tried.
    var hosts: [Endpoint]
    var user: String
    var password: String?
    /// The name of the database.
    public internal(set) var database: String
    var tlsMode: TLSMode?
    var rootCertificate: String?
    var certificate: String?
    var privateKey: String?
    var channelBinding = Credentials.ChannelBinding.prefer
    /// The ways in which a server may authenticate the client (libpq's `require_auth`).
    var methods = AuthenticationMethod.all
    var target = Target.any
    var pooler = Pooler.none
    /// The longest time that connecting to a server may take. It is at most half of `poolTimeout`, so that callers who wait
    /// for a connection learn why they do not get one.
    var connectTimeout = Duration.seconds(5)
    var applicationName: String?
    var options: String?
    /// The largest number of connections of this process.
    var connections = 10
    /// The longest wait for a connection.
    var poolTimeout = Duration.seconds(10)
    /// How long a request to cancel a statement may take, and how long the statement may take to end after it. Then its connection is closed.
    var cancelTimeout = Duration.seconds(2)

    /// The name of the pool in metrics.
    var poolName: String {
        let servers = hosts.map(\.description).sorted().joined(separator: ",")
        return "\(servers)/\(database)\(target == .any ? "" : " \(target.rawValue)")"
    }

    /// How much connections to a server insist on TLS: as the URL says, and otherwise fully, except on this machine.
    func tlsMode(for endpoint: Endpoint) -> TLSMode {
        if endpoint.socketPath != nil { return .disable }
        return tlsMode ?? (endpoint.isLocal ? .prefer : .verifyFull)
    }

    func credentials(for endpoint: Endpoint, tls: TLSMode) -> Credentials {
        var settings = [("DateStyle", "ISO"), ("TimeZone", "UTC")]
        if let applicationName { settings.append(("application_name", applicationName)) }
        if let options { settings.append(("options", options)) }
        return Credentials(
            user: user, password: password, database: database, tls: tls, channelBinding: channelBinding, methods: methods,
            settings: settings)
    }
}

/// A description never contains the password.
extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The user, the servers and the database.
    public var description: String { "postgres://\(user)@\(hosts.map(\.description).joined(separator: ","))/\(database)" }
    /// The same as `description`.
    public var debugDescription: String { description }
    /// A mirror that shows only the description, so that dumping a configuration does not reveal the password.
    public var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}
