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

    /// The same, of text that may have the character U+0000.
    /// - Parameter hasNull: set where it has.
    init?(wellFormed bytes: UnsafeBufferPointer<UInt8>, hasNull: inout Bool) {
        if Self.areASCIIWithoutNull(bytes) {
            self.init(ascii: bytes)
        } else {
            guard let text = try? UTF8Span(validating: bytes.span) else { return nil }
            hasNull = bytes.contains(0)
            self.init(copying: text)
        }
    }

    private static func areASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { areClear(bytes) { word, _ in word } }

    /// Whether all are ASCII and none is zero: of bytes below 0x80 the subtraction sets a high bit where one was zero.
    private static func areASCIIWithoutNull(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        areClear(bytes) { word, ones in word | (word &- ones) }
    }

    /// Whether `mark` sets no byte's high bit. It is given eight bytes at a time, with a 1 for each; the last eight may overlap those before.
    @inline(__always)
    private static func areClear(_ bytes: UnsafeBufferPointer<UInt8>, _ mark: (UInt64, UInt64) -> UInt64) -> Bool {
        let raw = UnsafeRawBufferPointer(bytes), count = raw.count
        let ones: UInt64 = 0x0101_0101_0101_0101
        var seen: UInt64 = 0, index = 0
        while index + 8 <= count {
            seen |= mark(raw.loadUnaligned(fromByteOffset: index, as: UInt64.self), ones)
            index += 8
        }
        if index < count, count >= 8 {
            seen |= mark(raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self), ones)
        } else {
            while index < count {
                seen |= mark(UInt64(raw[index]), 1)
                index += 1
            }
        }
        return seen & 0x8080_8080_8080_8080 == 0
    }
}
