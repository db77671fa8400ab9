import NIOCore

/// What the server sent violates the protocol.
struct AMQPFault: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// Reads the elements of AMQP 0-9-1 (§4.2) from the payload of a frame.
struct AMQPReader {
    private var buffer: ByteBuffer

    init(_ buffer: ByteBuffer) { self.buffer = buffer }

    var isAtEnd: Bool { buffer.readableBytes == 0 }

    mutating func octet() throws(AMQPFault) -> UInt8 { try integer() }
    mutating func short() throws(AMQPFault) -> UInt16 { try integer() }
    mutating func long() throws(AMQPFault) -> UInt32 { try integer() }
    mutating func longLong() throws(AMQPFault) -> UInt64 { try integer() }

    /// Bits, which are packed into octets from the lowest.
    mutating func bits() throws(AMQPFault) -> UInt8 { try octet() }

    mutating func shortText() throws(AMQPFault) -> String {
        let count = Int(try octet())
        return try text(count)
    }

    mutating func longText() throws(AMQPFault) -> String {
        let count = Int(try long())
        return try text(count)
    }

    mutating func bytes(_ count: Int) throws(AMQPFault) -> [UInt8] {
        guard let bytes = buffer.readBytes(length: count) else { throw Self.end }
        return bytes
    }

    /// Reads a part that is measured in bytes.
    mutating func part(_ count: Int) throws(AMQPFault) -> AMQPReader {
        guard let slice = buffer.readSlice(length: count) else { throw Self.end }
        return AMQPReader(slice)
    }

    private mutating func integer<Number: FixedWidthInteger>() throws(AMQPFault) -> Number {
        guard let number: Number = buffer.readInteger() else { throw Self.end }
        return number
    }

    private mutating func text(_ count: Int) throws(AMQPFault) -> String {
        guard let text = buffer.readString(length: count) else { throw Self.end }
        return text
    }

    private static var end: AMQPFault { AMQPFault("a frame ends too early") }
}

/// Writes the elements of AMQP 0-9-1 (§4.2).
struct AMQPWriter {
    var buffer = ByteBuffer()

    mutating func octet(_ value: UInt8) { buffer.writeInteger(value) }
    mutating func short(_ value: UInt16) { buffer.writeInteger(value) }
    mutating func long(_ value: UInt32) { buffer.writeInteger(value) }
    mutating func longLong(_ value: UInt64) { buffer.writeInteger(value) }
    mutating func bytes(_ bytes: [UInt8]) { buffer.writeBytes(bytes) }

    /// Writes bits, packed into an octet from the lowest.
    mutating func bits(_ bits: Bool...) {
        octet(bits.enumerated().reduce(0) { $1.element ? $0 | 1 << UInt8($1.offset) : $0 })
    }

    /// Writes a text of at most 255 bytes; the rest of a longer one is left out.
    mutating func shortText(_ text: String) {
        let bytes = text.utf8.prefix(255)
        octet(UInt8(bytes.count))
        buffer.writeBytes(bytes)
    }

    mutating func longText(_ text: String) { measured { $0.buffer.writeString(text) } }

    /// Writes a part, with its size in bytes before it.
    mutating func measured(_ write: (inout AMQPWriter) -> Void) {
        let start = buffer.writerIndex
        long(0)
        write(&self)
        buffer.setInteger(UInt32(buffer.writerIndex - start - 4), at: start)
    }
}
