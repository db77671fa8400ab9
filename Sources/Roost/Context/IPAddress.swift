#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An IP address. An IPv4 address that is mapped to IPv6 (`::ffff:192.0.2.1`, RFC 4291 §2.5.5.2) is the IPv4 address.
public struct IPAddress: Hashable, Sendable {
    /// Four bytes for IPv4, sixteen for IPv6.
    let bytes: [UInt8]

    /// Reads an address, or returns `nil` if the text is not one.
    public init?(_ text: String) {
        guard text.utf8.count <= 64, !text.utf8.contains(0) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            self.bytes = Array(bytes.prefix(4))
        } else if inet_pton(AF_INET6, String(text.prefix { $0 != "%" }), &bytes) == 1 {
            // The zone of a link-local address is this machine's name for an interface (RFC 4007 §11).
            self.bytes = bytes.starts(with: Self.mapped) ? Array(bytes.suffix(4)) : bytes
        } else {
            return nil
        }
    }

    /// Reads an address as proxies write it, with or without a port: `192.0.2.1:4711` or `[2001:db8::1]:4711`.
    init?(hop: some StringProtocol) {
        let text = hop.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
        if text.hasPrefix("[") {
            self.init(String(text.dropFirst().prefix { $0 != "]" }))
        } else if text.contains("."), text.utf8.filter({ $0 == UInt8(ascii: ":") }).count == 1 {
            self.init(String(text.prefix { $0 != ":" }))
        } else {
            self.init(String(text))
        }
    }

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The address by which a client is counted: an IPv4 address itself, or the 64-bit network of an IPv6 address, since one client can use
    /// every address in it (RFC 6177 §2).
    public var client: IPAddress {
        bytes.count == 4 ? self : IPAddress(bytes.prefix(8) + [UInt8](repeating: 0, count: 8))
    }

    private static let mapped: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF]
}

extension IPAddress: CustomStringConvertible {
    /// The address in its canonical text form (RFC 5952).
    public var description: String {
        var text = [CChar](repeating: 0, count: 46)
        guard inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// A range of addresses: `10.0.0.0/8`, or a single one (RFC 4632 §3.1).
public struct IPNetwork: Hashable, Sendable {
    private let address: IPAddress
    private let prefix: Int

    /// Reads a range, or returns `nil` if the text is not one.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(String(parts[0])) else { return nil }
        let size = address.bytes.count * 8
        guard let prefix = parts.count == 1 ? size : Int(parts[1]), (0...size).contains(prefix) else { return nil }
        self.address = address
        self.prefix = prefix
    }

    /// Returns whether an address is in the range. An address of the other IP version never is.
    public func contains(_ other: IPAddress) -> Bool {
        guard other.bytes.count == address.bytes.count else { return false }
        return (0..<prefix).allSatisfy { bit in (address.bytes[bit / 8] ^ other.bytes[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0 }
    }
}
