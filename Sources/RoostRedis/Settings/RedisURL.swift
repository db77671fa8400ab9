import Roost

/// What the URL of a Redis server says: `redis://USER:PASSWORD@HOST:PORT/NUMBER`.
///
/// `rediss` stands for TLS. `redis+sentinel://USER:PASSWORD@HOST:PORT,HOST:PORT/MASTER/NUMBER` names sentinels, and `rediss+sentinel` the
/// same with TLS. Options follow as a query: `ca=PATH` (the root certificates that are trusted) and `timeout=SECONDS`.
struct RedisURL: Hashable, Sendable {
    /// The allowed URLs, described for a person.
    static let allowed =
        "redis://USER:PASSWORD@HOST:PORT/NUMBER, rediss://… with TLS, or redis+sentinel://HOST:PORT,HOST:PORT/MASTER/NUMBER"
    static let schemes = ["redis", "rediss", "redis+sentinel", "rediss+sentinel"]

    /// The servers, or the sentinels.
    var addresses: [ServerAddress]
    /// The name by which the sentinels know the server, if they are asked for it.
    var master: String?
    var user: String?
    var password: String?
    /// The number of the database.
    var database = 0
    var isSecured = false
    /// The path of a PEM file with the trusted root certificates.
    var trustRoots: String?
    /// How long a command may take.
    var timeout = Duration.seconds(5)

    /// Reads a URL.
    /// - Returns: `nil` if it is not the URL of a Redis server.
    init?(_ text: String) {
        guard let url = ServerURL(text, defaultPort: { $0.hasSuffix("+sentinel") ? 26379 : 6379 }), Self.schemes.contains(url.scheme) else {
            return nil
        }
        let isSentinel = url.scheme.hasSuffix("+sentinel")
        guard isSentinel || url.addresses.count == 1 else { return nil }
        (addresses, user, password) = (url.addresses, url.user, url.password)
        isSecured = url.scheme.hasPrefix("rediss")
        var path = url.path
        if isSentinel {
            guard let name = path.first, !name.isEmpty else { return nil }
            master = name
            path.removeFirst()
        }
        guard path.count <= 1 else { return nil }
        if let number = path.first, !number.isEmpty {
            guard let number = Int(number), (0..<1 << 31).contains(number) else { return nil }
            database = number
        }
        for (name, value) in url.options where !take(name, value) { return nil }
    }

    private mutating func take(_ option: String, _ value: String) -> Bool {
        switch option {
        case "ca" where isSecured: trustRoots = value
        case "timeout":
            guard let seconds = Double(value), (0.01...3600).contains(seconds) else { return false }
            timeout = .seconds(seconds)
        default: return false
        }
        return true
    }
}
