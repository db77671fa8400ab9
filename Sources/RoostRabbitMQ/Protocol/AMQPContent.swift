import NIOCore

/// The properties of a message that Roost reads and writes (AMQP 0-9-1, class basic).
struct AMQPProperties: Hashable, Sendable {
    var contentType: String?
    var headers: AMQPTable = [:]
    /// Why the header fields cannot be read.
    var fault: String?
    var isPersistent = false
    var messageID: String?
    /// In seconds since 1970.
    var timestamp: UInt64?
}

/// What a content header says: the size of the body, and the properties.
struct AMQPContentHeader: Sendable {
    var size: UInt64
    var properties: AMQPProperties
}

extension AMQPContentHeader {
    private enum Flag {
        static let contentType: UInt16 = 1 << 15, headers: UInt16 = 1 << 13, deliveryMode: UInt16 = 1 << 12
        static let messageID: UInt16 = 1 << 7, timestamp: UInt16 = 1 << 6
        /// Content encoding; correlation id, reply to and expiration; type, user, application and cluster.
        static let encoding: UInt16 = 1 << 14, priority: UInt16 = 1 << 11
        static let texts: [UInt16] = [1 << 10, 1 << 9, 1 << 8], last: [UInt16] = [1 << 5, 1 << 4, 1 << 3, 1 << 2]
    }

    /// Reads a content header from the payload of a frame.
    init(_ payload: ByteBuffer) throws(AMQPFault) {
        var reader = AMQPReader(payload)
        _ = try reader.long()
        size = try reader.longLong()
        properties = AMQPProperties()
        let flags = try reader.short()
        guard flags & 1 == 0 else { throw AMQPFault("a content header has more flags than are known") }
        if flags & Flag.contentType != 0 { properties.contentType = try reader.shortText() }
        if flags & Flag.encoding != 0 { _ = try reader.shortText() }
        if flags & Flag.headers != 0 {
            var part = try reader.part(Int(try reader.long()))
            // Whoever has published the message is to blame, and not the server.
            do { properties.headers = try part.entries() } catch { properties.fault = error.reason }
        }
        if flags & Flag.deliveryMode != 0 { properties.isPersistent = try reader.octet() == 2 }
        if flags & Flag.priority != 0 { _ = try reader.octet() }
        for flag in Flag.texts where flags & flag != 0 { _ = try reader.shortText() }
        if flags & Flag.messageID != 0 { properties.messageID = try reader.shortText() }
        if flags & Flag.timestamp != 0 { properties.timestamp = try reader.longLong() }
        for flag in Flag.last where flags & flag != 0 { _ = try reader.shortText() }
    }

    /// Writes the content header of a message.
    func write(to writer: inout AMQPWriter) {
        writer.short(60)
        writer.short(0)
        writer.longLong(size)
        var flags: UInt16 = properties.isPersistent ? Flag.deliveryMode : 0
        if properties.contentType != nil { flags |= Flag.contentType }
        if !properties.headers.isEmpty { flags |= Flag.headers }
        if properties.messageID != nil { flags |= Flag.messageID }
        if properties.timestamp != nil { flags |= Flag.timestamp }
        writer.short(flags)
        if let contentType = properties.contentType { writer.shortText(contentType) }
        if !properties.headers.isEmpty { writer.table(properties.headers) }
        if properties.isPersistent { writer.octet(2) }
        if let messageID = properties.messageID { writer.shortText(messageID) }
        if let timestamp = properties.timestamp { writer.longLong(timestamp) }
    }
}

/// A message that the server has delivered or returned.
struct AMQPMessage: Sendable {
    let properties: AMQPProperties
    /// The body; empty if it was larger than the limit.
    let body: ByteBuffer
    /// The size of the body in bytes, even if it was left out.
    let size: UInt64

    /// Whether the body was larger than the limit, and left out.
    var isCut: Bool { size > body.readableBytes }
}
