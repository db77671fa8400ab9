/// Reads the fields of a message from the bytes as they arrived. Every read is checked, so a wrong length is an error.
struct MessageReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    /// - Parameter bytes: The body of a message. The reader must not outlive them.
    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The number of bytes that are left.
    var remaining: Int { bytes.count - position }

    mutating func int8() throws(ProtocolViolation) -> UInt8 {
        try require(1)
        defer { position += 1 }
        return bytes[position]
    }

    mutating func int16() throws(ProtocolViolation) -> Int16 {
        try require(2)
        defer { position += 2 }
        return Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: Int16.self))
    }

    mutating func int32() throws(ProtocolViolation) -> Int32 {
        try require(4)
        defer { position += 4 }
        return Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: Int32.self))
    }

    mutating func int64() throws(ProtocolViolation) -> Int64 {
        try require(8)
        defer { position += 8 }
        return Int64(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: Int64.self))
    }

    /// Returns the next bytes without copying them.
    mutating func bytes(_ count: Int) throws(ProtocolViolation) -> UnsafeRawBufferPointer {
        guard count >= 0 else { throw ProtocolViolation("a negative length") }
        try require(count)
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
    }

    /// Skips bytes.
    @inline(__always)
    mutating func skip(_ count: Int) throws(ProtocolViolation) {
        try require(count)
        position += count
    }

    /// Returns everything that is left.
    mutating func rest() -> UnsafeRawBufferPointer {
        defer { position = bytes.count }
        return UnsafeRawBufferPointer(rebasing: bytes[position...])
    }

    /// Reads text that ends with a zero byte.
    mutating func string() throws(ProtocolViolation) -> String {
        guard let end = bytes[position...].firstIndex(of: 0) else { throw ProtocolViolation("text without its end") }
        defer { position = end + 1 }
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }

    /// Checks that the message has been read completely.
    func finish() throws(ProtocolViolation) {
        guard remaining == 0 else { throw ProtocolViolation("\(remaining) bytes too many in a message") }
    }

    @inline(__always)
    private func require(_ count: Int) throws(ProtocolViolation) {
        guard count <= remaining else { throw ProtocolViolation("a message that is too short") }
    }
}
