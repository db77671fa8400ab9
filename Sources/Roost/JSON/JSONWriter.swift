/// Writes JSON (RFC 8259) without white space.
///
/// The text grows in memory of the writer's own, at the price of a compare a piece: an array would check at each that no one shares it.
public struct JSONWriter: ~Copyable {
    @usableFromInline var base: UnsafeMutablePointer<UInt8>
    @usableFromInline var capacity: Int
    /// How many bytes were written.
    @usableFromInline var count = 0

    public init() {
        capacity = 1024
        base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    /// What was written.
    public var bytes: [UInt8] { Array(written) }

    /// What was written, as text.
    public var text: String { String(decoding: written, as: UTF8.self) }

    private var written: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

    // MARK: Memory

    /// Makes room for this many more bytes.
    @inlinable
    mutating func reserve(_ more: Int) {
        if capacity - count < more { grow(by: more) }
    }

    @usableFromInline @inline(never)
    mutating func grow(by more: Int) {
        let larger = max(capacity * 2, count + more)
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        copy.initialize(from: base, count: count)
        base.deallocate()
        (base, capacity) = (copy, larger)
    }

    @inlinable
    mutating func append(_ text: UnsafePointer<UInt8>, count length: Int) {
        reserve(length)
        (base + count).initialize(from: text, count: length)
        count += length
    }

    @inlinable
    mutating func append(_ byte: UInt8) {
        reserve(1)
        base[count] = byte
        count += 1
    }

    // MARK: Text

    /// Writes text that is JSON already: braces, commas, and keys with their colon.
    @inlinable
    public mutating func literal(_ text: StaticString) { append(text.utf8Start, count: text.utf8CodeUnitCount) }

    /// Writes text that is JSON already.
    mutating func raw(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            if let start = utf8.baseAddress { append(start, count: utf8.count) }
        }
    }

    /// Writes text that needs no escape, quoted.
    mutating func plain(_ text: String) {
        append(UInt8(ascii: "\""))
        raw(text)
        append(UInt8(ascii: "\""))
    }

    /// Writes a string, quoted and escaped.
    public mutating func string(_ text: String) {
        append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            if let start = utf8.baseAddress { escape(start, count: utf8.count) }
        }
        append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ text: UnsafePointer<UInt8>, count length: Int) {
        var run = 0
        while true {
            let special = JSONText.end(in: text, from: run, to: length, stopping: .atSpecial)
            append(text + run, count: special - run)
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
            append(0x30 + (byte >> 4))
            append(byte & 15 < 10 ? 0x30 + (byte & 15) : 0x57 + (byte & 15))
        }
    }
}
