import NIOCore
import Roost

extension ByteBuffer {
    /// Writes a field line. Characters that could end the line early are replaced by spaces (RFC 9110 §5.5), so that no value of an
    /// application can split the message.
    /// - Returns: `false` if the value was changed, or the name is invalid and the line was left out.
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

    /// Writes a number in decimal.
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

    /// Ends a chunked body. Trailers that concern framing or routing are left out (RFC 9110 §6.5.1).
    mutating func writeLastChunk(_ trailers: Headers = [:]) {
        writeStaticString("0\r\n")
        for (name, value) in trailers.fields where !FieldSyntax.isForbiddenTrailer(name) { writeField(name, value) }
        writeStaticString("\r\n")
    }
}
