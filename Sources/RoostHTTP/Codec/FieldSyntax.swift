/// The character classes of HTTP's grammar (RFC 9110 §5.6.2 and §5.5).
enum FieldSyntax {
    // Bit sets of the ASCII characters that a token may contain.
    private static let tokenLow: UInt64 = 0x03FF_6CFA_0000_0000
    private static let tokenHigh: UInt64 = 0x57FF_FFFF_C7FF_FFFE

    @inline(__always)
    static func isTokenCharacter(_ byte: UInt8) -> Bool {
        byte < 64 ? tokenLow >> UInt64(byte) & 1 == 1 : byte < 128 && tokenHigh >> UInt64(byte - 64) & 1 == 1
    }

    static func isToken(_ bytes: some Collection<UInt8>) -> Bool { !bytes.isEmpty && bytes.allSatisfy(isTokenCharacter) }

    /// Returns whether a byte may be part of a field value, which excludes control characters other than the tab.
    @inline(__always)
    static func isValueCharacter(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

    @inline(__always)
    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// Returns whether a text equals a word, ignoring the case of ASCII letters.
    /// - Parameters:
    ///   - text: The text in any case.
    ///   - word: The word in lower case.
    @inline(__always)
    static func equals(_ text: UnsafeBufferPointer<UInt8>, _ word: StaticString) -> Bool {
        guard text.count == word.utf8CodeUnitCount else { return false }
        return equals(text, UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    /// Returns whether a string equals a word, ignoring the case of ASCII letters.
    static func equals(_ text: String, _ word: StaticString) -> Bool {
        guard text.utf8.count == word.utf8CodeUnitCount else { return false }
        var text = text
        return text.withUTF8 { equals($0, word) }
    }

    /// Returns whether a comma-separated list contains a word.
    static func list(_ text: String, has word: StaticString) -> Bool {
        text.utf8.split(separator: UInt8(ascii: ",")).contains { part in
            let trimmed = part.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
            return equals(String(decoding: Array(trimmed), as: UTF8.self), word)
        }
    }

    /// Returns whether a field is not allowed as a trailer, because the recipient needs it before the body (RFC 9110 §6.5.1).
    static func isForbiddenTrailer(_ name: String) -> Bool {
        switch name.utf8.count {
        case 2: equals(name, "te")
        case 4: equals(name, "host")
        case 7: equals(name, "trailer") || equals(name, "upgrade")
        case 10: equals(name, "connection")
        case 14: equals(name, "content-length")
        case 17: equals(name, "transfer-encoding")
        default: false
        }
    }

    private static func equals(_ text: UnsafeBufferPointer<UInt8>, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
        for index in 0..<word.count {
            let byte = text[index]
            guard byte == word[index] || byte &- 0x41 < 26 && byte | 0x20 == word[index] else { return false }
        }
        return true
    }
}
