/// The address of an HTTP server.
public struct HTTPAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name or an IP address; IPv6 without brackets.
    public let host: String
    /// The TCP port.
    public let port: Int

    /// Creates an address.
    /// - Parameters:
    ///   - host: A name or an IP address; IPv6 without brackets.
    ///   - port: The TCP port.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// The address in the form of the `Host` field (RFC 9110 §7.2).
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
