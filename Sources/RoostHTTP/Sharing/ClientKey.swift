import Roost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Whom something that all clients share is counted for: an IPv4 address or, since a client mostly has all of one, a network of IPv6
/// addresses with the same first 64 bits (RFC 6177).
public struct ClientKey: Hashable, Sendable {
    private let text: String

    /// - Parameter address: the client's IP address; `nil` where it is not known.
    public init(_ address: String?) {
        let address = address ?? ""
        text = address.utf8.contains(UInt8(ascii: ":")) ? Self.network(of: address) : address
    }

    /// The network, as text; of an IPv4 address that is written as one of IPv6 that address (RFC 4291 §2.5.5.2).
    private static func network(of address: String) -> String {
        var bytes = in6_addr()
        guard inet_pton(AF_INET6, String(address.prefix { $0 != "%" }), &bytes) == 1 else { return address }
        return withUnsafeBytes(of: bytes) { bytes in
            let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            if isMapped { return bytes.suffix(4).map(String.init).joined(separator: ".") }
            return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":")
        }
    }
}

extension Request {
    /// Whom the request is counted for. This is the one place that says who the client is.
    public var client: ClientKey { ClientKey(remoteAddress) }
}
