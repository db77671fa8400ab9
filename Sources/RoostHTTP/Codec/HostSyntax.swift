/// Hosts as the host field, the authority and an origin name them (RFC 9110 §7.2, RFC 3986 §3.2).
enum HostSyntax {
    /// Whether bytes are a host, with a port or without: a name, or an address, one of IPv6 in brackets. They may be empty.
    static func isHost(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")), end > 1, bytes[1..<end].allSatisfy(isAddressCharacter) else {
                return false
            }
            index = end + 1
        } else {
            while index < bytes.count, isNameCharacter(bytes[index]) { index += 1 }
        }
        guard index < bytes.count else { return true }
        return bytes[index] == UInt8(ascii: ":") && bytes[(index + 1)...].allSatisfy { $0 &- 0x30 < 10 }
    }

    /// The same of a text.
    static func isHost(_ text: String) -> Bool {
        var text = text
        return text.withUTF8(isHost)
    }

    /// Whether two texts name one host and port: letters in either case, the scheme's own port named or not (RFC 9110 §4.2.3).
    static func same(_ a: String, _ b: String, scheme: String) -> Bool { normalized(a, scheme) == normalized(b, scheme) }

    private static func normalized(_ host: String, _ scheme: String) -> String {
        let host = host.lowercased()
        let suffix = scheme == "https" || scheme == "wss" ? ":443" : ":80"
        if host.hasSuffix(suffix) { return String(host.dropLast(suffix.utf8.count)) }
        return host.hasSuffix(":") ? String(host.dropLast()) : host
    }

    /// The unreserved characters, sub-delims and the escapes of a name. The comma is left out: it joins the values of two fields.
    @inline(__always)
    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        case UInt8(ascii: "%"), UInt8(ascii: "!"), UInt8(ascii: "$"), 0x26...0x2B, UInt8(ascii: ";"), UInt8(ascii: "="): true
        default: false
        }
    }

    /// IPv6, and what else may stand in brackets (RFC 3986 §3.2.2).
    private static func isAddressCharacter(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ":") || isNameCharacter(byte) }
}
