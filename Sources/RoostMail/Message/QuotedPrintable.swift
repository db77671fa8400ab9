/// Quoted-printable (RFC 2045 §6.7): text stays readable, lines stay short, and any byte is preserved.
enum QuotedPrintable {
    /// Encodes text. Every kind of line break becomes CRLF.
    static func encode(_ text: String) -> [UInt8] {
        var output: [UInt8] = []
        for line in lines(text) {
            encode(line, into: &output)
            output += [0x0D, 0x0A]
        }
        return output
    }

    private static func encode(_ line: ArraySlice<UInt8>, into output: inout [UInt8]) {
        var width = 0
        for (index, byte) in zip(line.indices, line) {
            let isBlank = byte == 0x20 || byte == 0x09
            let isLiteral = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=") || isBlank && index != line.endIndex - 1
            let piece = isLiteral ? [byte] : [UInt8(ascii: "="), digit(byte >> 4), digit(byte & 15)]
            // Leaves space for the "=" of a soft line break (rule 5): at most 76 characters.
            if width + piece.count > 75 {
                output += [UInt8(ascii: "="), 0x0D, 0x0A]
                width = 0
            }
            output += piece
            width += piece.count
        }
    }

    private static func lines(_ text: String) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var rest = Array(text.utf8)[...]
        while let end = rest.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
            lines.append(rest[..<end])
            let isPair = rest[end] == 0x0D && end + 1 < rest.endIndex && rest[end + 1] == 0x0A
            rest = rest[(end + (isPair ? 2 : 1))...]
        }
        if !rest.isEmpty || lines.isEmpty { lines.append(rest) }
        return lines
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
}
