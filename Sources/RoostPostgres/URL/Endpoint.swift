/// Where a server listens.
struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    /// A host name, an IP address, or the folder of a Unix socket, which begins with a slash.
    let host: String
    let port: Int

    /// The path of the Unix socket, if it is one.
    var socketPath: String? { host.hasPrefix("/") ? "\(host)/.s.PGSQL.\(port)" : nil }

    /// Whether the server is on this machine, so that nobody can listen in between.
    var isLocal: Bool { host.hasPrefix("/") || host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    var description: String { socketPath ?? (host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)") }
}
