import Roost

/// What the URL of a RabbitMQ server says: `amqp://USER:PASSWORD@HOST:PORT/VHOST` (https://www.rabbitmq.com/docs/uri-spec).
///
/// `amqps` stands for TLS. Several addresses are those of the nodes of a cluster, which are tried in turn. Options follow as a query:
/// `prefix=NAME` (what the names of the exchange and the queues begin with), `ca=PATH` (the root certificates that are trusted) and
/// `heartbeat=SECONDS`.
struct RabbitMQURL: Hashable, Sendable {
    /// The allowed URLs, described for a person.
    static let allowed = "amqp://USER:PASSWORD@HOST:PORT/VHOST, or amqps://… with TLS"

    /// The nodes of the cluster.
    var addresses: [ServerAddress]
    var user = "guest"
    var password = "guest"
    var virtualHost = "/"
    var isSecured: Bool
    /// The path of a PEM file with the trusted root certificates.
    var trustRoots: String?
    /// The names of the exchange and the queues.
    var names = BrokerNames.usual
    /// How long a connection may be silent before a sign of life is sent, in seconds. One that is silent for twice as long is given up.
    var heartbeat: UInt16 = 8

    /// Reads a URL.
    /// - Returns: `nil` if it is not the URL of a RabbitMQ server.
    init?(_ text: String) {
        guard let url = ServerURL(text, defaultPort: { $0 == "amqps" ? 5671 : 5672 }), ["amqp", "amqps"].contains(url.scheme),
            url.path.count <= 1
        else { return nil }
        (addresses, isSecured) = (url.addresses, url.scheme == "amqps")
        if let user = url.user, let password = url.password { (self.user, self.password) = (user, password) }
        guard (url.user == nil) == (url.password == nil) else { return nil }
        if let name = url.path.first, !name.isEmpty { virtualHost = name }
        for text in [user, password, virtualHost] where text.utf8.count > 255 { return nil }
        for (name, value) in url.options where !take(name, value) { return nil }
    }

    private mutating func take(_ option: String, _ value: String) -> Bool {
        switch option {
        case "ca" where isSecured: trustRoots = value
        case "prefix":
            guard BrokerNames.allows(prefix: value) else { return false }
            names = BrokerNames(prefix: value)
        case "heartbeat":
            guard let seconds = UInt16(value), (1...3600).contains(seconds) else { return false }
            heartbeat = seconds
        default: return false
        }
        return true
    }
}
