import NIOCore

/// A frame (AMQP 0-9-1 §4.2.3).
struct AMQPFrame {
    enum Kind: UInt8 {
        case method = 1
        case header = 2
        case body = 3
        case heartbeat = 8
    }

    let kind: Kind
    let channel: UInt16
    let payload: ByteBuffer

    /// What every frame ends with.
    static let end: UInt8 = 0xCE
    /// The bytes of a frame around its payload.
    static let overhead = 8
    /// What a client sends first (§4.2.2).
    static let protocolHeader: [UInt8] = Array("AMQP".utf8) + [0, 0, 9, 1]
}

/// Divides what arrives into frames.
struct AMQPFrameParser {
    private var buffer = ByteBuffer()
    /// The largest payload that the server may send.
    var limit = 1 << 20

    mutating func append(_ bytes: ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            buffer.writeImmutableBuffer(bytes)
        }
    }

    /// Returns the next frame, or `nil` if it has not arrived completely.
    mutating func next() throws(AMQPFault) -> AMQPFrame? {
        let start = buffer.readerIndex
        guard let kind: UInt8 = buffer.getInteger(at: start) else { return nil }
        guard let known = AMQPFrame.Kind(rawValue: kind) else {
            throw AMQPFault(
                kind == UInt8(ascii: "A") ? "it speaks another version of AMQP than 0-9-1" : "a frame is of the unknown type \(kind)")
        }
        guard let size: UInt32 = buffer.getInteger(at: start + 3) else { return nil }
        guard size <= limit else { throw AMQPFault("a frame has \(size) bytes, and at most \(limit) were agreed on") }
        guard buffer.readableBytes >= Int(size) + AMQPFrame.overhead else { return nil }
        guard let channel: UInt16 = buffer.getInteger(at: start + 1), let payload = buffer.getSlice(at: start + 7, length: Int(size)),
            buffer.getInteger(at: start + 7 + Int(size), as: UInt8.self) == AMQPFrame.end
        else { throw AMQPFault("a frame has no end") }
        buffer.moveReaderIndex(forwardBy: Int(size) + AMQPFrame.overhead)
        if buffer.readerIndex > 1 << 20 { buffer.discardReadBytes() }
        return AMQPFrame(kind: known, channel: channel, payload: payload)
    }
}

extension ByteBuffer {
    /// Writes a frame.
    mutating func writeFrame(_ kind: AMQPFrame.Kind, channel: UInt16, _ write: (inout AMQPWriter) -> Void) {
        var writer = AMQPWriter(buffer: self)
        // Otherwise the buffer would be copied.
        self = ByteBuffer()
        writer.octet(kind.rawValue)
        writer.short(channel)
        writer.measured(write)
        writer.octet(AMQPFrame.end)
        self = writer.buffer
    }

    /// Writes a message's body, in as many frames as it needs (§4.2.6).
    mutating func writeBody(_ body: [UInt8], channel: UInt16, largestFrame: Int) {
        let largest = max(1, largestFrame - AMQPFrame.overhead)
        var rest = body[...]
        while !rest.isEmpty {
            let part = rest.prefix(largest)
            rest = rest.dropFirst(largest)
            writeInteger(AMQPFrame.Kind.body.rawValue)
            writeInteger(channel)
            writeInteger(UInt32(part.count))
            writeBytes(part)
            writeInteger(AMQPFrame.end)
        }
    }
}
