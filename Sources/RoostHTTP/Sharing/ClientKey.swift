import Roost

/// Whom something that all clients share is counted for: an IPv4 address or, since a client mostly has all of one, a network of IPv6
/// addresses with the same first 64 bits (RFC 6177).
public struct ClientKey: Hashable, Sendable {
    private let address: IPAddress?

    /// - Parameter address: the client's IP address; `nil` where it is not known.
    public init(_ address: String?) {
        // The zone of a link-local address is this machine's name for an interface (RFC 4007 §11).
        self.address = address.flatMap { IPAddress(String($0.prefix { $0 != "%" })) }?.client
    }
}

extension RequestContext {
    /// Whom the call is counted for.
    public var client: ClientKey { ClientKey(clientAddress) }
}
