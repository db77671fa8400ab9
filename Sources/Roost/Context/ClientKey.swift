/// Identifies the client for which the use of shared resources is counted: an IPv4 address, or the network of all IPv6 addresses with the
/// same first 64 bits, which usually belong to one client (RFC 6177).
public struct ClientKey: Hashable, Sendable {
    private let address: IPAddress?

    /// Creates the key of a client.
    /// - Parameter address: The client's IP address; `nil` if it is unknown.
    public init(_ address: String?) { self.address = address.flatMap { IPAddress($0) }?.client }
}

extension RequestContext {
    /// The key of the call's client.
    public var client: ClientKey { ClientKey(clientAddress) }
}
