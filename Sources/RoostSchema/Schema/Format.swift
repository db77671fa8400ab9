/// A well-known format of strings, with the name in JSON Schema if there is one.
public struct Format: Sendable {
    /// The name in a JSON Schema.
    public let name: String
    /// What the text must be, for a person: "an email address".
    public let expectation: String
    /// A regular expression (ECMA-262) that matches every text of the format, for documents; `nil` if there is none.
    public let pattern: String?
    /// Returns whether a text has the format.
    public let accepts: @Sendable (String) -> Bool

    /// Creates a format.
    /// - Parameters:
    ///   - name: The name in a JSON Schema.
    ///   - expectation: What the text must be, for a person.
    ///   - pattern: A regular expression for documents.
    ///   - accepts: Returns whether a text has the format. It must be fast for any text, because it runs while the text is read.
    public init(_ name: String, expectation: String, pattern: String? = nil, accepts: @escaping @Sendable (String) -> Bool) {
        self.name = name
        self.expectation = expectation
        self.pattern = pattern
        self.accepts = accepts
    }

    /// An address as `input type=email` in HTML accepts it, which is the practical part of RFC 5321 (WHATWG HTML §4.10.5.1.5), with at most
    /// 254 characters.
    public static let email = Format("email", expectation: "an email address") { text in
        var text = text
        return text.withUTF8(isEmail)
    }

    /// An absolute `http` or `https` URI (RFC 9110 §4.2).
    public static let uri = Format("uri", expectation: "an http or https URI") { text in
        let rest = text.hasPrefix("https://") ? text.dropFirst(8) : text.hasPrefix("http://") ? text.dropFirst(7) : ""
        return rest.first.map { $0 != "/" && $0 != "?" && $0 != "#" } == true && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// Letters, digits and `-`, `_`, `.`: an identifier that is safe in a path.
    public static let token = Format("token", expectation: "letters, digits, '-', '_' or '.'") { text in
        !text.isEmpty && text != "." && text != ".."
            && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 }

    private static func isEmail(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count <= 254, let at = text.firstIndex(of: UInt8(ascii: "@")), (1...64).contains(at) else { return false }
        return text[..<at].allSatisfy(isLocalPart) && isDomain(text[(at + 1)...])
    }

    private static func isLocalPart(_ byte: UInt8) -> Bool {
        if isAlphanumeric(byte) { return true }
        return switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: "-"),
            UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "?"), UInt8(ascii: "^")...UInt8(ascii: "`"),
            UInt8(ascii: "{")...UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// Returns whether a text has at least two labels, each of 1 to 63 letters, digits and hyphens without a hyphen at either end.
    private static func isDomain(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        let dot = UInt8(ascii: "."), hyphen = UInt8(ascii: "-")
        var labels = 1, length = 0, previous = dot
        for byte in text {
            if byte == dot {
                guard length > 0, previous != hyphen else { return false }
                labels += 1
                length = 0
            } else {
                guard isAlphanumeric(byte) || byte == hyphen && length > 0, length < 63 else { return false }
                length += 1
            }
            previous = byte
        }
        return labels >= 2 && length > 0 && previous != hyphen
    }
}
