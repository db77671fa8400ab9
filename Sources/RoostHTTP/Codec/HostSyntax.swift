/// The syntax of a host with an optional port, as in `host`, `:authority` and `origin` (RFC 9110 §7.2, RFC 3986 §3.2).
enum HostSyntax {
    /// Returns whether bytes are a host with an optional port. The host is a name or an address, with IPv6 addresses in brackets, and may
    /// be empty.
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

    /// Returns whether a text is a host with an optional port.
    static func isHost(_ text: String) -> Bool {
        var text = text
        return text.withUTF8(isHost)
    }

    /// Returns whether two texts name the same host and port, ignoring case and the scheme's default port (RFC 9110 §4.2.3).
    static func same(_ a: String, _ b: String, scheme: String) -> Bool { normalized(a, scheme) == normalized(b, scheme) }

    private static func normalized(_ host: String, _ scheme: String) -> String {
        let host = host.lowercased()
        let suffix = scheme == "https" || scheme == "wss" ? ":443" : ":80"
        if host.hasSuffix(suffix) { return String(host.dropLast(suffix.utf8.count)) }
        return host.hasSuffix(":") ? String(host.dropLast()) : host
    }

    /// Returns whether a byte may be part of a name: unreserved characters, sub-delims and percent escapes. The comma is excluded, because
    /// it joins the values of repeated fields.
    @inline(__always)
    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        case UInt8(ascii: "%"), UInt8(ascii: "!"), UInt8(ascii: "$"), 0x26...0x2B, UInt8(ascii: ";"), UInt8(ascii: "="): true
        default: false
        }
    }

    /// Returns whether a byte may be part of an IP literal in brackets (RFC 3986 §3.2.2).
    private static func isAddressCharacter(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ":") || isNameCharacter(byte) }
}
