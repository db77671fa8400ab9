extension JSONReader {
    /// Reads a string.
    /// - Returns: `nil` after recording a fault and skipping the value, if it is something else.
    public mutating func readString() throws(DecodingFailure) -> String? {
        guard peek() == UInt8(ascii: "\"") else {
            try mismatch("must be a string")
            return nil
        }
        let start = cursor
        let text = try readText()
        guard !takeNullMark() else {
            fault(NullCharacter.rule, NullCharacter.message, at: start)
            return nil
        }
        return text
    }

    /// Returns whether a text that was read since the last call contains the character U+0000.
    mutating func takeNullMark() -> Bool {
        guard hasNull else { return false }
        hasNull = false
        return true
    }

    /// Reads the string at the next opening quote.
    mutating func readText() throws(DecodingFailure) -> String {
        let start = cursor + 1
        cursor = JSONText.end(in: base, from: start, to: end, stopping: .atSpecialOrLong)
        if cursor < end, base[cursor] == UInt8(ascii: "\"") {
            cursor += 1
            return String(ascii: UnsafeBufferPointer(start: base + start, count: cursor - 1 - start))
        }
        cursor = JSONText.end(in: base, from: cursor, to: end, stopping: .atSpecial)
        guard cursor < end else { throw malformed("the string is not terminated") }
        guard base[cursor] == UInt8(ascii: "\"") else { return try readEscapedText(from: start) }
        return try text(UnsafeBufferPointer(start: base + start, count: cursor - start))
    }

    /// Reads a string with escapes, from the first possible one.
    private mutating func readEscapedText(from start: Int) throws(DecodingFailure) -> String {
        var bytes: [UInt8] = [], run = start
        while cursor < end {
            guard base[cursor] >= 0x20 else { throw malformed("the string has a control character") }
            bytes.append(contentsOf: UnsafeBufferPointer(start: base + run, count: cursor - run))
            if base[cursor] == UInt8(ascii: "\"") {
                return try bytes.withUnsafeBufferPointer { bytes throws(DecodingFailure) in try text(bytes) }
            }
            cursor += 1
            try readEscape(into: &bytes)
            run = cursor
            cursor = JSONText.end(in: base, from: run, to: end, stopping: .atSpecial)
        }
        throw malformed("the string is not terminated")
    }

    /// Returns the string of these bytes, whose closing quote comes next.
    private mutating func text(_ bytes: UnsafeBufferPointer<UInt8>) throws(DecodingFailure) -> String {
        guard let text = String(wellFormed: bytes) else { throw malformed("the string is not UTF-8") }
        cursor += 1
        return text
    }

    private mutating func readEscape(into bytes: inout [UInt8]) throws(DecodingFailure) {
        guard cursor < end else { throw malformed("the string is not terminated") }
        let escape = base[cursor]
        cursor += 1
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(escape)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try readScalar()
            if scalar.value == 0 { hasNull = true }
            bytes.append(contentsOf: scalar.utf8)
        default: throw malformed("unknown escape sequence")
        }
    }

    /// Reads the character of `\uXXXX`, or of a surrogate pair (RFC 8259 §7).
    private mutating func readScalar() throws(DecodingFailure) -> Unicode.Scalar {
        let unit = try readHexUnit()
        guard (0xD800..<0xE000).contains(unit) else { return try scalar(unit) }
        guard unit < 0xDC00, end - cursor >= 6, base[cursor] == UInt8(ascii: "\\"), base[cursor + 1] == UInt8(ascii: "u") else {
            throw malformed("a surrogate is unpaired")
        }
        cursor += 2
        let low = try readHexUnit()
        guard (0xDC00..<0xE000).contains(low) else { throw malformed("a surrogate is unpaired") }
        return try scalar(0x10000 + ((unit & 0x3FF) << 10 | (low & 0x3FF)))
    }

    private func scalar(_ code: UInt32) throws(DecodingFailure) -> Unicode.Scalar {
        guard let scalar = Unicode.Scalar(code) else { throw malformed("a surrogate is unpaired") }
        return scalar
    }

    private mutating func readHexUnit() throws(DecodingFailure) -> UInt32 {
        guard end - cursor >= 4 else { throw malformed("the string is not terminated") }
        var unit: UInt32 = 0
        for _ in 0..<4 {
            let byte = base[cursor]
            switch byte {
            case 0x30...0x39: unit = unit << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: unit = unit << 4 | UInt32(byte - 0x37)
            case 0x61...0x66: unit = unit << 4 | UInt32(byte - 0x57)
            default: throw malformed("expected a hexadecimal digit")
            }
            cursor += 1
        }
        return unit
    }
}
