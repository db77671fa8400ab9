extension JSONReader {
    /// Reads a string.
    /// - Returns: `nil` where the value is something else, which is then noted and skipped.
    public mutating func readString() throws(JSONError) -> String? {
        guard peek() == UInt8(ascii: "\"") else {
            try mismatch("must be a string")
            return nil
        }
        return try readText()
    }

    /// Reads the string whose opening quote is next.
    mutating func readText() throws(JSONError) -> String {
        let start = cursor + 1
        let stop = plainEnd(from: start)
        guard stop < end else { throw malformed("the string has no end") }
        if base[stop] == UInt8(ascii: "\"") {
            cursor = stop + 1
            return String(decoding: UnsafeBufferPointer(start: base + start, count: stop - start), as: UTF8.self)
        }
        return try readSlowText(from: start, plainUntil: stop)
    }

    /// The offset of the first byte that is not plain ASCII text: a quote, a backslash, a control or a byte of a longer character.
    private func plainEnd(from start: Int) -> Int {
        var index = start
        // Eight bytes at a time: a byte needs a look where its high bit is set, or where it is below 0x20, a quote or a backslash.
        // (The zero-byte test of "Bit Twiddling Hacks", Sean Eron Anderson.)
        let ones: UInt64 = 0x0101_0101_0101_0101, highs: UInt64 = 0x8080_8080_8080_8080
        while index + 8 <= end {
            let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
            let quote = word ^ (ones &* 0x22), backslash = word ^ (ones &* 0x5C)
            let found = word | ((word &- ones &* 0x20) & ~word) | ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
            if found & highs != 0 { return index + (found & highs).trailingZeroBitCount / 8 }
            index += 8
        }
        while index < end {
            let byte = base[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 || byte >= 0x80 { return index }
            index += 1
        }
        return index
    }

    private mutating func readSlowText(from start: Int, plainUntil stop: Int) throws(JSONError) -> String {
        var bytes = [UInt8](UnsafeBufferPointer(start: base + start, count: stop - start))
        var run = stop
        cursor = stop
        while cursor < end {
            let byte = base[cursor]
            switch byte {
            case UInt8(ascii: "\""):
                bytes.append(contentsOf: UnsafeBufferPointer(start: base + run, count: cursor - run))
                guard let text = String(validating: bytes, as: UTF8.self) else { throw malformed("the string is not UTF-8") }
                cursor += 1
                return text
            case UInt8(ascii: "\\"):
                bytes.append(contentsOf: UnsafeBufferPointer(start: base + run, count: cursor - run))
                cursor += 1
                try readEscape(into: &bytes)
                run = cursor
            case 0..<0x20: throw malformed("the string has a control character")
            default: cursor += 1
            }
        }
        throw malformed("the string has no end")
    }

    private mutating func readEscape(into bytes: inout [UInt8]) throws(JSONError) {
        guard cursor < end else { throw malformed("the string has no end") }
        let escape = base[cursor]
        cursor += 1
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(escape)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"): bytes.append(contentsOf: Array(String(try readScalar()).utf8))
        default: throw malformed("no such escape")
        }
    }

    /// The character of `\uXXXX`, or of a surrogate pair of them (RFC 8259 §7).
    private mutating func readScalar() throws(JSONError) -> Character {
        let unit = try readHexUnit()
        guard (0xD800..<0xE000).contains(unit) else { return try character(unit) }
        guard unit < 0xDC00, end - cursor >= 6, base[cursor] == UInt8(ascii: "\\"), base[cursor + 1] == UInt8(ascii: "u") else {
            throw malformed("a surrogate stands alone")
        }
        cursor += 2
        let low = try readHexUnit()
        guard (0xDC00..<0xE000).contains(low) else { throw malformed("a surrogate stands alone") }
        return try character(0x10000 + ((unit & 0x3FF) << 10 | (low & 0x3FF)))
    }

    private func character(_ code: UInt32) throws(JSONError) -> Character {
        guard let scalar = Unicode.Scalar(code) else { throw malformed("a surrogate stands alone") }
        return Character(scalar)
    }

    private mutating func readHexUnit() throws(JSONError) -> UInt32 {
        guard end - cursor >= 4 else { throw malformed("the string has no end") }
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
