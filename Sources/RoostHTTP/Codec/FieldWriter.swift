import NIOCore
import Roost

/// Writes the lines of a head.
extension ByteBuffer {
    /// Writes a field line. A character that could end the line early becomes a space (RFC 9110 §5.5), so that no value that an
    /// application passes on can split the message.
    /// - Returns: whether the line was written as it was given; `false` where a value was changed or a name refused.
    @discardableResult
    mutating func writeField(_ name: String, _ value: String) -> Bool {
        guard FieldSyntax.isToken(name.utf8) else { return false }
        writeString(name)
        writeStaticString(": ")
        let isClean = value.utf8.allSatisfy(FieldSyntax.isValueCharacter)
        if isClean { writeString(value) } else { writeBytes(value.utf8.map { FieldSyntax.isValueCharacter($0) ? $0 : 0x20 }) }
        writeStaticString("\r\n")
        return isClean
    }

    /// Writes a number in decimal digits.
    mutating func writeDecimal(_ number: Int) {
        if number < 10 { writeInteger(0x30 + UInt8(number)) } else { writeString(String(number)) }
    }

    /// Writes one chunk of a chunked body (RFC 9112 §7.1).
    mutating func writeChunk(_ bytes: [UInt8]) {
        writeString(String(bytes.count, radix: 16))
        writeStaticString("\r\n")
        writeBytes(bytes)
        writeStaticString("\r\n")
    }

    /// Ends a chunked body. Trailers that say how a message is framed or routed are left out (RFC 9110 §6.5.1).
    mutating func writeLastChunk(_ trailers: Headers = [:]) {
        writeStaticString("0\r\n")
        for (name, value) in trailers.fields where !FieldSyntax.isForbiddenTrailer(name) { writeField(name, value) }
        writeStaticString("\r\n")
    }
}
