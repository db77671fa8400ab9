extension String {
    /// Creates a text from bytes that the caller knows to be ASCII.
    init(ascii bytes: UnsafeBufferPointer<UInt8>) {
        if #available(macOS 26, iOS 26, watchOS 26, tvOS 26, visionOS 26, *) {
            self.init(copying: UTF8Span(unchecked: bytes.span, isKnownASCII: true))
        } else {
            self.init(decoding: bytes, as: UTF8.self)
        }
    }

    /// Creates a text from bytes, or returns `nil` if they are not UTF-8.
    private init?(validating bytes: UnsafeBufferPointer<UInt8>) {
        if #available(macOS 26, iOS 26, watchOS 26, tvOS 26, visionOS 26, *) {
            guard let text = try? UTF8Span(validating: bytes.span) else { return nil }
            self.init(copying: text)
        } else {
            self.init(validating: bytes, as: UTF8.self)
        }
    }

    /// Creates a text from bytes, or returns `nil` if they are not UTF-8 (RFC 3629).
    ///
    /// Most short texts are ASCII, for which the library's own check takes longer than copying.
    init?(wellFormed bytes: UnsafeBufferPointer<UInt8>) {
        if Self.areASCII(bytes) {
            self.init(ascii: bytes)
        } else {
            self.init(validating: bytes)
        }
    }

    /// Creates a text from bytes that may contain the character U+0000.
    /// - Parameter hasNull: Set if they do.
    init?(wellFormed bytes: UnsafeBufferPointer<UInt8>, hasNull: inout Bool) {
        if Self.areASCIIWithoutNull(bytes) {
            self.init(ascii: bytes)
        } else {
            self.init(validating: bytes)
            hasNull = bytes.contains(0)
        }
    }

    private static func areASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { areClear(bytes) { word, _ in word } }

    /// Returns whether all bytes are ASCII and none is zero: for a byte below 0x80, the subtraction sets the high bit if the byte was zero.
    private static func areASCIIWithoutNull(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        areClear(bytes) { word, ones in word | (word &- ones) }
    }

    /// Returns whether `mark` sets the high bit of no byte. It receives eight bytes at a time, with a 1 for each; the last eight may
    /// overlap the previous ones.
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
