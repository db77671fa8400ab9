extension JSONReader {
    /// Skips the next value of any type, checking that it is JSON.
    public mutating func skipValue() throws(DecodingFailure) {
        switch peek() {
        case UInt8(ascii: "{"):
            try descend()
            while try nextKey() != nil { try skipValue() }
        case UInt8(ascii: "["):
            try descend()
            while try nextElement() { try skipValue() }
        case UInt8(ascii: "\""):
            _ = try readText()
            hasNull = false
        case UInt8(ascii: "t"): try expect("true")
        case UInt8(ascii: "f"): try expect("false")
        case UInt8(ascii: "n"): try expect("null")
        case UInt8(ascii: "-"), 0x30...0x39: _ = try readNumber("")
        default: throw malformed("expected a value")
        }
    }

    /// Returns the bytes that were read since an offset.
    func bytes(from start: Int) -> UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base + start, count: cursor - start) }
}
