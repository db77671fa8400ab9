import Roost

/// What the URL of a Redis server says: `redis://USER:PASSWORD@HOST:PORT/NUMBER`.
///
/// `rediss` stands for TLS. `redis+sentinel://USER:PASSWORD@HOST:PORT,HOST:PORT/MASTER/NUMBER` names sentinels, and `rediss+sentinel` the
/// same with TLS. Options follow as a query: `ca=PATH` (the root certificates that are trusted) and `timeout=SECONDS`.
struct RedisURL: Hashable, Sendable {
    /// The address of a server or a sentinel.
    struct Address: Hashable, Sendable, CustomStringConvertible {
        var host: String
        var port: Int
        var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// The allowed URLs, described for a person.
    static let allowed =
        "redis://USER:PASSWORD@HOST:PORT/NUMBER, rediss://… with TLS, or redis+sentinel://HOST:PORT,HOST:PORT/MASTER/NUMBER"
    static let schemes = ["redis", "rediss", "redis+sentinel", "rediss+sentinel"]

    /// The servers, or the sentinels.
    var addresses: [Address]
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
        guard let start = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<start.lowerBound].lowercased()
        guard Self.schemes.contains(scheme) else { return nil }
        isSecured = scheme.hasPrefix("rediss")
        var rest = text[start.upperBound...]
        var options: Substring?
        if let query = rest.lastIndex(of: "?"), !rest[query...].contains("@") {
            options = rest[rest.index(after: query)...]
            rest = rest[..<query]
        }
        if let at = rest.lastIndex(of: "@") {
            let account = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(account[0]) else { return nil }
            user = name.isEmpty ? nil : name
            if account.count == 2 {
                guard let secret = Self.decoded(account[1]), !secret.isEmpty else { return nil }
                password = secret
            }
            guard user == nil || password != nil else { return nil }
            rest = rest[rest.index(after: at)...]
        }
        var path = rest.split(separator: "/", omittingEmptySubsequences: false)
        let hosts = path.removeFirst().split(separator: ",", omittingEmptySubsequences: false)
        let isSentinel = scheme.hasSuffix("+sentinel")
        let port = isSentinel ? 26379 : 6379
        addresses = hosts.compactMap { Self.address($0, port) }
        guard addresses.count == hosts.count, isSentinel || hosts.count == 1 else { return nil }
        if isSentinel {
            guard let name = path.first.flatMap(Self.decoded), !name.isEmpty else { return nil }
            master = name
            path.removeFirst()
        }
        guard path.count <= 1 else { return nil }
        if let number = path.first, !number.isEmpty {
            guard let number = Int(number), (0..<1 << 31).contains(number) else { return nil }
            database = number
        }
        for option in options?.split(separator: "&") ?? [] where !take(option) { return nil }
    }

    private mutating func take(_ option: Substring) -> Bool {
        let parts = option.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let value = Self.decoded(parts[1]) else { return false }
        switch parts[0] {
        case "ca" where isSecured: trustRoots = value
        case "timeout":
            guard let seconds = Double(value), (0.01...3600).contains(seconds) else { return false }
            timeout = .seconds(seconds)
        default: return false
        }
        return true
    }

    private static func address(_ text: Substring, _ port: Int) -> Address? {
        var host = text, rest: Substring = ""
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            rest = text[colon...]
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), rest.isEmpty || rest.hasPrefix(":") else { return nil }
        if rest.isEmpty { return Address(host: String(host), port: port) }
        guard let port = Int(rest.dropFirst()), (1...65535).contains(port) else { return nil }
        return Address(host: String(host), port: port)
    }

    /// Returns a text without percent-encoding (RFC 3986 §2.1), or `nil` if the encoding is wrong.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = [], rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
