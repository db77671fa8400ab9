/// How a message's body is delimited (RFC 9112 §6).
enum MessageFraming: Hashable {
    case none
    case length(Int)
    case chunked
    /// Up to the end of the connection; only responses may.
    case untilClose
}

/// The fields of a head that say how its message is framed.
struct FramingFields {
    private(set) var contentLength: Int?
    private(set) var isChunked = false
    private(set) var closes = false
    private(set) var keepsAlive = false
    private(set) var upgrades = false

    /// Takes note of a field, if it is one of them.
    /// - Throws: where two lengths differ, or a coding is unknown: a message that two readers could cut differently.
    @inline(__always)
    mutating func note(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) throws(WireFault) {
        switch name.count {
        case 10 where FieldSyntax.equals(name, "connection"): noteConnection(String(value))
        case 14 where FieldSyntax.equals(name, "content-length"): try noteLength(value)
        case 17 where FieldSyntax.equals(name, "transfer-encoding"): try noteCoding(value)
        default: break
        }
    }

    /// - Throws: where the message has a length and is chunked too (RFC 9112 §6.1: a smuggling attempt).
    func framing() throws(WireFault) -> MessageFraming? {
        if isChunked, contentLength != nil {
            throw .malformed("Both content-length and transfer-encoding are there.")
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
            throw .malformed("The content-length is no number of bytes.")
        }
        let length = value.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard contentLength == nil || contentLength == length else { throw .malformed("Two values of content-length differ.") }
        contentLength = length
    }

    private mutating func noteCoding(_ value: UnsafeBufferPointer<UInt8>) throws(WireFault) {
        guard FieldSyntax.equals(value, "chunked") else {
            throw WireFault(.notImplemented, "The only transfer coding understood is chunked.")
        }
        guard !isChunked else { throw .malformed("The body is said to be chunked twice.") }
        isChunked = true
    }
}
