import Roost

/// How to reach a database: what its URL says, completed from the environment and the password file as libpq does.
public struct PostgresConfiguration: Sendable {
    /// Which of several servers is wanted (libpq's `target_session_attrs`).
    public enum Target: String, Hashable, Sendable {
        /// Any that answers.
        case any
        /// One that accepts changes.
        case readWrite = "read-write"
        /// One that does not accept changes.
        case readOnly = "read-only"
        /// One that is no standby.
        case primary
        /// A standby.
        case standby
        /// A standby, or any other if there is none.
        case preferStandby = "prefer-standby"
    }

    /// What lies between the program and the server.
    public enum Pooler: String, Hashable, Sendable {
        /// Nothing, or something that keeps a server process for each connection.
        case none
        /// A pooler that gives every transaction another server process, such as pgbouncer with `pool_mode = transaction`.
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
    var target = Target.any
    var pooler = Pooler.none
    var connectTimeout = Duration.seconds(10)
    var applicationName: String?
    var options: String?
    /// The largest number of connections of this process.
    var connections = 10
    /// The longest wait for a connection.
    var poolTimeout = Duration.seconds(10)

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
            user: user, password: password, database: database, tls: tls, channelBinding: channelBinding, settings: settings)
    }
}

/// Shows no password.
extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The user, the servers and the database.
    public var description: String { "postgres://\(user)@\(hosts.map(\.description).joined(separator: ","))/\(database)" }
    /// The same as `description`.
    public var debugDescription: String { description }
    /// A mirror that shows only the description, so that dumping a configuration does not reveal the password.
    public var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}
