import Roost

/// The parts of `postgres://USER:PASSWORD@HOST:PORT,HOST:PORT/DATABASE?NAME=VALUE&…`
/// (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS).
struct PostgresURL {
    static let form =
        "postgres://USER:PASSWORD@HOST:PORT/DATABASE, with several hosts separated by commas, and with "
        + parameters.sorted().map { "\($0)=…" }.joined(separator: ", ") + " after a question mark"

    private static let parameters: Set<String> = [
        "sslmode", "sslrootcert", "sslcert", "sslkey", "channel_binding", "require_auth", "target_session_attrs", "pooler",
        "connect_timeout",
        "application_name", "options", "connections", "pool_timeout", "host", "port", "user", "password", "dbname", "passfile",
    ]

    var user: String?
    var password: String?
    var hosts: [(host: String, port: Int?)] = []
    var database: String?
    var query: [String: String] = [:]

    /// Reads a URL.
    /// - Returns: `nil` if it is not of this form.
    init?(_ text: String) {
        guard let scheme = ["postgres://", "postgresql://"].first(where: { text.lowercased().hasPrefix($0) }), !text.utf8.contains(0)
        else { return nil }
        var rest = text.dropFirst(scheme.count)
        if let question = rest.firstIndex(of: "?") {
            guard let query = Self.query(rest[rest.index(after: question)...]) else { return nil }
            self.query = query
            rest = rest[..<question]
        }
        if let slash = rest.firstIndex(of: "/") {
            guard let name = PercentCoding.decode(rest[rest.index(after: slash)...].utf8) else { return nil }
            database = name.isEmpty ? nil : name
            rest = rest[..<slash]
        }
        if let at = rest.lastIndex(of: "@") {
            guard read(userInfo: rest[..<at]) else { return nil }
            rest = rest[rest.index(after: at)...]
        }
        guard read(hosts: rest) else { return nil }
    }

    private static func query(_ text: Substring) -> [String: String]? {
        var query: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = PercentCoding.decode(parts[0].utf8), parameters.contains(name),
                let value = PercentCoding.decode(parts[1].utf8), query.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        return query
    }

    private mutating func read(userInfo text: Substring) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let user = PercentCoding.decode(parts[0].utf8) else { return false }
        self.user = user.isEmpty ? nil : user
        guard parts.count == 2 else { return true }
        password = PercentCoding.decode(parts[1].utf8)
        return password != nil
    }

    private mutating func read(hosts text: Substring) -> Bool {
        for item in text.split(separator: ",", omittingEmptySubsequences: !text.contains(",")) {
            guard let host = Self.host(item) else { return false }
            hosts.append(host)
        }
        return true
    }

    /// Reads a host and its port. An IPv6 address is in brackets.
    static func host(_ text: Substring) -> (host: String, port: Int?)? {
        var name = text, port: Substring?
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            name = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if let colon = text.lastIndex(of: ":") {
            name = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        guard let host = PercentCoding.decode(name.utf8), !host.contains(where: \.isWhitespace) else { return nil }
        guard let port, !port.isEmpty else { return (host, nil) }
        guard let number = Int(port), (1...65_535).contains(number) else { return nil }
        return (host, number)
    }
}
