import NIOHPACK

/// The rules for a message's fields in HTTP/2 (RFC 9113 §8.2). The frame handler could check them too, but in a pass of its own. Checking
/// them while the fields are read measurably raises the rate of small calls.
enum FieldRules {
    /// Returns whether a field is a pseudo-header field, which must come before all others (RFC 9113 §8.3).
    @inline(__always)
    static func isPseudo(_ name: String) -> Bool { name.utf8.first == UInt8(ascii: ":") }

    /// Checks a field that is not a pseudo-header field.
    /// - Throws: A fault if the field makes the message malformed.
    static func check(_ name: String, _ value: String) throws(WireFault) {
        guard !name.isEmpty, name.utf8.allSatisfy({ FieldSyntax.isTokenCharacter($0) && $0 &- 0x41 >= 26 }) else {
            throw .malformed("A field's name is not a token in lower case.")
        }
        guard !isOfConnection(name, value) else { throw .malformed("The field \(name) is not allowed in HTTP/2.") }
        guard value.utf8.allSatisfy(FieldSyntax.isValueCharacter) else { throw .malformed("A header value contains a control character.") }
    }

    /// Checks trailers, none of which may be a pseudo-header field.
    static func check(trailers: HPACKHeaders) throws(WireFault) {
        for (name, value, _) in trailers { try check(name, value) }
    }

    /// Returns whether a field is specific to an HTTP/1.1 connection and not allowed in HTTP/2 (RFC 9113 §8.2.2).
    /// - Parameters:
    ///   - name: The name in lower case.
    ///   - value: The value.
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
