/// Identifies the client for which the use of shared resources is counted: an IPv4 address, or the network of all IPv6 addresses with the
/// same first 64 bits, which usually belong to one client (RFC 6177).
public struct ClientKey: Hashable, Sendable {
    private let address: IPAddress?

    /// Creates the key of a client.
    /// - Parameter address: The client's IP address; `nil` if it is unknown.
    public init(_ address: String?) {
        // The zone of a link-local address is this machine's name for an interface (RFC 4007 §11).
        self.address = address.flatMap { IPAddress(String($0.prefix { $0 != "%" })) }?.client
    }
}

extension RequestContext {
    /// The key of the call's client.
    public var client: ClientKey { ClientKey(clientAddress) }
}
