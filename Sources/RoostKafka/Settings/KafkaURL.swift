import Roost

/// What the URL of a Kafka cluster says: `kafka://HOST:PORT,HOST:PORT?prefix=NAME`.
///
/// `kafka+ssl://USER:PASSWORD@HOST:PORT` stands for TLS, and a password is only sent with it. Options: `prefix=NAME` (of all names on the cluster),
/// `partitions=COUNT` (of topics that are created), `timeout=SECONDS` (for publishing), and with TLS `ca=PATH` (the root certificates that are
/// trusted) and `mechanism=NAME` (how the password is proved).
struct KafkaURL: Hashable, Sendable {
    /// The ways to prove a password, by their names in SASL.
    enum Mechanism: String {
        case plain = "PLAIN"
        case scram256 = "SCRAM-SHA-256"
        case scram512 = "SCRAM-SHA-512"
    }

    /// The allowed URLs, described for a person.
    static let allowed = "kafka://HOST:PORT,HOST:PORT?prefix=NAME, or kafka+ssl://USER:PASSWORD@HOST:PORT with TLS"
    /// The largest number of partitions of a topic that is created.
    private static let largestPartitionCount: Int32 = 1000

    /// The brokers that are asked first, with commas in between.
    var servers: String
    var isSecured: Bool
    var user: String?
    var password: String?
    /// How the password is proved. By default, a server in place of the real one does not learn the password.
    var mechanism = Mechanism.scram512
    /// The path of a PEM file with the trusted root certificates.
    var trustRoots: String?
    /// The names of topics and groups.
    var names = BrokerNames.usual
    /// The number of partitions of a topic that is created.
    var partitions: Int32 = 8
    /// How long publishing may take.
    var timeout = Duration.seconds(15)

    /// Reads a URL.
    /// - Returns: `nil` if it is not the URL of a Kafka cluster.
    init?(_ text: String) {
        guard let url = ServerURL(text, defaultPort: { _ in 9092 }), ["kafka", "kafka+ssl"].contains(url.scheme),
            url.addresses.count <= 64, url.path.isEmpty || url.path == [""]
        else { return nil }
        isSecured = url.scheme == "kafka+ssl"
        servers = url.addresses.map(\.description).joined(separator: ",")
        (user, password) = (url.user, url.password)
        guard (user == nil) == (password == nil), user == nil || isSecured else { return nil }
        for (name, value) in url.options where !take(name, value) { return nil }
    }

    private mutating func take(_ option: String, _ value: String) -> Bool {
        switch option {
        case "prefix":
            guard BrokerNames.allows(prefix: value) else { return false }
            names = BrokerNames(prefix: value)
        case "partitions":
            guard let count = Int32(value), (1...Self.largestPartitionCount).contains(count) else { return false }
            partitions = count
        case "timeout":
            guard let seconds = Double(value), (1...300).contains(seconds) else { return false }
            timeout = .seconds(seconds)
        case "ca" where isSecured: trustRoots = value
        case "mechanism" where password != nil:
            guard let mechanism = Mechanism(rawValue: value.uppercased()) else { return false }
            self.mechanism = mechanism
        default: return false
        }
        return true
    }
}
