/// Writes JSON (RFC 8259) without white space.
public struct JSONWriter: ~Copyable {
    @usableFromInline var output: ByteWriter

    /// Creates a writer without content.
    public init() { output = ByteWriter(capacity: 1024) }

    /// The bytes written.
    public var bytes: [UInt8] { Array(output.written) }

    /// The text written.
    public var text: String { String(decoding: output.written, as: UTF8.self) }

    /// Writes literal JSON: braces, commas, and keys with their colon.
    @inlinable
    public mutating func literal(_ text: StaticString) { output.append(text.utf8Start, count: text.utf8CodeUnitCount) }

    /// Writes text that is JSON.
    mutating func raw(_ text: String) { output.append(text) }

    /// Writes bytes that are JSON.
    mutating func raw(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { output.append($0) } }

    /// Writes text that needs no escapes, in quotes.
    mutating func plain(_ text: String) {
        output.append(UInt8(ascii: "\""))
        raw(text)
        output.append(UInt8(ascii: "\""))
    }

    /// Writes a string in quotes, with escapes.
    public mutating func string(_ text: String) {
        output.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            if let start = utf8.baseAddress { escape(start, count: utf8.count) }
        }
        output.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ text: UnsafePointer<UInt8>, count length: Int) {
        var run = 0
        while true {
            let special = JSONText.end(in: text, from: run, to: length, stopping: .atSpecial)
            output.append(text + run, count: special - run)
            guard special < length else { return }
            escape(text[special])
            run = special + 1
        }
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): literal(#"\""#)
        case UInt8(ascii: "\\"): literal(#"\\"#)
        case 0x0A: literal(#"\n"#)
        case 0x0D: literal(#"\r"#)
        case 0x09: literal(#"\t"#)
        default:
            literal(#"\u00"#)
            output.append(0x30 + (byte >> 4))
            output.append(byte & 15 < 10 ? 0x30 + (byte & 15) : 0x57 + (byte & 15))
        }
    }
}
