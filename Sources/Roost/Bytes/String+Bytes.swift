extension String {
    /// The text of bytes of which the caller has seen that all are ASCII.
    init(ascii bytes: UnsafeBufferPointer<UInt8>) {
        self.init(copying: UTF8Span(unchecked: bytes.span, isKnownASCII: true))
    }

    /// The text of these bytes; `nil` where they are not UTF-8 (RFC 3629).
    ///
    /// Most short texts are ASCII, of which the library's own check takes longer than their copy.
    init?(wellFormed bytes: UnsafeBufferPointer<UInt8>) {
        if Self.areASCII(bytes) {
            self.init(ascii: bytes)
        } else {
            guard let text = try? UTF8Span(validating: bytes.span) else { return nil }
            self.init(copying: text)
        }
    }

    /// Gathers the high bits eight bytes at a time; the last eight may overlap those before.
    private static func areASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let raw = UnsafeRawBufferPointer(bytes), count = raw.count
        var seen: UInt64 = 0, index = 0
        while index + 8 <= count {
            seen |= raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            index += 8
        }
        if index < count, count >= 8 {
            seen |= raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
        } else {
            while index < count {
                seen |= UInt64(raw[index])
                index += 1
            }
        }
        return seen & 0x8080_8080_8080_8080 == 0
    }
}
