/// The parts of the URL of a server: `SCHEME://USER:PASSWORD@HOST:PORT,HOST:PORT/PATH?NAME=VALUE&…` (RFC 3986), with percent-encoding undone.
package struct ServerURL: Hashable, Sendable {
    /// The scheme, in lowercase.
    package var scheme: String
    /// The user; `nil` if there is none, or it is empty.
    package var user: String?
    /// The password; `nil` if there is none.
    package var password: String?
    /// The addresses, at least one.
    package var addresses: [ServerAddress] = []
    /// The parts of the path between its slashes.
    package var path: [String] = []
    /// The options, by name.
    package var options: [String: String] = [:]

    /// Reads a URL.
    /// - Parameter defaultPort: The port of an address without one.
    /// - Returns: `nil` if the text is not such a URL, an option is given twice, or there is a user or a password that is empty beside the other.
    package init?(_ text: String, defaultPort: (_ scheme: String) -> Int) {
        guard let start = text.firstRange(of: "://"), !text.utf8.contains(0) else { return nil }
        scheme = text[..<start.lowerBound].lowercased()
        var rest = text[start.upperBound...]
        if let query = rest.lastIndex(of: "?"), !rest[query...].contains("@") {
            guard read(options: rest[rest.index(after: query)...]) else { return nil }
            rest = rest[..<query]
        }
        if let at = rest.lastIndex(of: "@") {
            guard read(account: rest[..<at]) else { return nil }
            rest = rest[rest.index(after: at)...]
        }
        let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
        for part in parts.dropFirst() {
            guard let part = PercentCoding.decode(part.utf8) else { return nil }
            path.append(part)
        }
        let port = defaultPort(scheme), hosts = parts.first?.split(separator: ",", omittingEmptySubsequences: false) ?? []
        addresses = hosts.compactMap { ServerAddress($0, defaultPort: port) }
        guard addresses.count == hosts.count, !addresses.isEmpty else { return nil }
    }

    private mutating func read(options text: Substring) -> Bool {
        for option in text.isEmpty ? [] : text.split(separator: "&", omittingEmptySubsequences: false) {
            let parts = option.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let value = PercentCoding.decode(parts[1].utf8),
                options.updateValue(value, forKey: String(parts[0])) == nil
            else { return false }
        }
        return true
    }

    private mutating func read(account text: Substring) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = PercentCoding.decode(parts[0].utf8) else { return false }
        user = name.isEmpty ? nil : name
        if parts.count == 2 {
            guard let secret = PercentCoding.decode(parts[1].utf8), !secret.isEmpty else { return false }
            password = secret
        }
        return user == nil || password != nil
    }
}

/// The address of a server.
package struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name, or an IP address without brackets.
    package var host: String
    /// The TCP port.
    package var port: Int

    /// Creates an address.
    package init(host: String, port: Int) { (self.host, self.port) = (host, port) }

    /// Reads an address. An IPv6 address is in brackets.
    init?(_ text: Substring, defaultPort: Int) {
        var host = text, rest: Substring = ""
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            rest = text[colon...]
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), rest.isEmpty || rest.hasPrefix(":") else { return nil }
        if rest.isEmpty {
            self.init(host: String(host), port: defaultPort)
        } else {
            guard let port = Int(rest.dropFirst()), (1...65535).contains(port) else { return nil }
            self.init(host: String(host), port: port)
        }
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
