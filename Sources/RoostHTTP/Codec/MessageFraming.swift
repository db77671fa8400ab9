/// How the body of a message is delimited (RFC 9112 §6).
enum MessageFraming: Hashable {
    case none
    case length(Int)
    case chunked
    /// By the end of the connection. Only valid for responses.
    case untilClose
}

/// The header fields that determine the framing of a message.
struct FramingFields {
    private(set) var contentLength: Int?
    private(set) var isChunked = false
    private(set) var closes = false
    private(set) var keepsAlive = false
    private(set) var upgrades = false

    /// Records a field if it is one of these.
    /// - Throws: A fault if two lengths differ or a transfer coding is unknown, because two recipients could then disagree on where the
    ///   message ends.
    @inline(__always)
    mutating func note(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) throws(WireFault) {
        switch name.count {
        case 10 where FieldSyntax.equals(name, "connection"): noteConnection(String(value))
        case 14 where FieldSyntax.equals(name, "content-length"): try noteLength(value)
        case 17 where FieldSyntax.equals(name, "transfer-encoding"): try noteCoding(value)
        default: break
        }
    }

    /// Returns the framing, or `nil` if no field determines it.
    /// - Throws: A fault if the message has a length and is also chunked, which may be a smuggling attempt (RFC 9112 §6.1).
    func framing() throws(WireFault) -> MessageFraming? {
        if isChunked, contentLength != nil {
            throw .malformed("The message has both content-length and transfer-encoding.")
        }
        return isChunked ? .chunked : contentLength.map { .length($0) }
    }

    private mutating func noteConnection(_ value: String) {
        if FieldSyntax.list(value, has: "close") { closes = true }
        if FieldSyntax.list(value, has: "keep-alive") { keepsAlive = true }
        if FieldSyntax.list(value, has: "upgrade") { upgrades = true }
    }

    private mutating func noteLength(_ value: UnsafeBufferPointer<UInt8>) throws(WireFault) {
        guard (1...18).contains(value.count), value.allSatisfy({ $0 &- 0x30 < 10 }) else {
            throw .malformed("The content-length is not a number of bytes.")
        }
        let length = value.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard contentLength == nil || contentLength == length else { throw .malformed("The message has different content-length values.") }
        contentLength = length
    }

    private mutating func noteCoding(_ value: UnsafeBufferPointer<UInt8>) throws(WireFault) {
        guard FieldSyntax.equals(value, "chunked") else {
            throw WireFault(.notImplemented, "The only supported transfer coding is chunked.")
        }
        guard !isChunked else { throw .malformed("The body is declared as chunked twice.") }
        isChunked = true
    }
}
