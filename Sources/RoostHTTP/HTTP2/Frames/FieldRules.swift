import NIOHPACK

/// What HTTP/2 asks of a message's fields (RFC 9113 §8.2). The frame handler could see to it as well, in a pass of its own; here it is
/// done while the fields are taken, which the rate of small calls shows.
enum FieldRules {
    /// Whether a field belongs to the message's control data, which stands before all others (RFC 9113 §8.3).
    @inline(__always)
    static func isPseudo(_ name: String) -> Bool { name.utf8.first == UInt8(ascii: ":") }

    /// Checks a field that is no pseudo field.
    /// - Throws: where it makes the message malformed.
    static func check(_ name: String, _ value: String) throws(WireFault) {
        guard !name.isEmpty, name.utf8.allSatisfy({ FieldSyntax.isTokenCharacter($0) && $0 &- 0x41 >= 26 }) else {
            throw .malformed("A field's name is no token in lower case.")
        }
        guard !isOfConnection(name, value) else { throw .malformed("\(name) is a field of HTTP/1.1's connections.") }
        guard value.utf8.allSatisfy(FieldSyntax.isValueCharacter) else { throw .malformed("A header value has a control character.") }
    }

    /// Checks fields that come after a body, none of which may be a pseudo field.
    static func check(trailers: HPACKHeaders) throws(WireFault) {
        for (name, value, _) in trailers { try check(name, value) }
    }

    /// Whether a field may not be in HTTP/2 (RFC 9113 §8.2.2).
    /// - Parameter name: in lower case.
    static func isOfConnection(_ name: String, _ value: String) -> Bool {
        switch name.utf8.count {
        case 2: name == "te" && value != "trailers"
        case 7: name == "upgrade"
        case 10: name == "connection" || name == "keep-alive"
        case 16: name == "proxy-connection"
        case 17: name == "transfer-encoding"
        default: false
        }
    }
}
