/// The bytes within a JSON string's quotes (RFC 8259 §7).
enum JSONText {
    enum Stop {
        /// Stop at a quote, a backslash or a control character.
        case atSpecial
        /// Stop at those, and at a byte of a character that is not ASCII.
        case atSpecialOrLong
    }

    /// Returns the offset of the first byte to stop at, or `end`.
    ///
    /// It checks eight bytes at a time: a byte is detected by its high bit, after a subtraction that sets the bit if the byte was below
    /// 0x20 or, after `^` with the character to find, zero. A borrow can only set bits above the first correct one. (The zero-byte test of
    /// "Bit Twiddling Hacks", Sean Eron Anderson.)
    @inline(__always)
    static func end(in text: UnsafePointer<UInt8>, from start: Int, to end: Int, stopping stop: Stop) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101, highs: UInt64 = 0x8080_8080_8080_8080
        var index = start
        while index + 8 <= end {
            let word = UInt64(littleEndian: UnsafeRawPointer(text + index).loadUnaligned(as: UInt64.self))
            let quote = word ^ (ones &* 0x22), backslash = word ^ (ones &* 0x5C)
            var found = ((word &- ones &* 0x20) & ~word) | ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
            if stop == .atSpecialOrLong { found |= word }
            if found & highs != 0 { return index + (found & highs).trailingZeroBitCount / 8 }
            index += 8
        }
        while index < end {
            let byte = text[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return index }
            if stop == .atSpecialOrLong, byte >= 0x80 { return index }
            index += 1
        }
        return index
    }
}
