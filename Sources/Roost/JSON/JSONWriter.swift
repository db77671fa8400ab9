/// Writes JSON (RFC 8259) without white space.
public struct JSONWriter {
    /// What was written.
    public internal(set) var bytes: [UInt8] = []

    public init() { bytes.reserveCapacity(512) }

    /// Writes text that is JSON already: braces, commas, and keys with their colon.
    @inlinable
    public mutating func literal(_ text: StaticString) {
        append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @usableFromInline
    mutating func append(_ text: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: text) }

    /// Writes a string, quoted and escaped.
    public mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { escape($0) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes text that needs no escape, quoted.
    mutating func plain(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: text.utf8)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes text that is JSON already.
    mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// What was written, as text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Writes a whole number of at most 64 bits.
    @inlinable
    public mutating func integer(_ value: some FixedWidthInteger) {
        digits(UInt64(truncatingIfNeeded: value.magnitude), isNegative: value < 0)
    }

    @usableFromInline
    mutating func digits(_ magnitude: UInt64, isNegative: Bool) {
        // 20 characters hold any 64-bit number with its sign.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var index = digits.count
            var rest = magnitude
            repeat {
                index -= 1
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                digits[index] = 0x30 + UInt8(truncatingIfNeeded: digit)
                rest = quotient
            } while rest != 0
            if isNegative {
                index -= 1
                digits[index] = UInt8(ascii: "-")
            }
            bytes.append(contentsOf: digits[index...])
        }
    }

    /// Writes the shortest number that reads back as the same value. JSON has no infinities: they become `null`.
    public mutating func double(_ value: Double) {
        guard value.isFinite else { return literal("null") }
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53, whole != 0 || value.sign == .plus { return integer(whole) }
        if !thousandths(value) { bytes.append(contentsOf: value.description.utf8) }
    }

    /// Writes a number of up to three decimals, such as a price, without the search for the shortest text: no two decimals of
    /// 15 digits or fewer are the same double (IEEE 754, DBL_DIG), so the one that is found is the shortest.
    /// - Returns: whether it is such a number.
    private mutating func thousandths(_ value: Double) -> Bool {
        let scaled = (value.magnitude * 1000).rounded()
        guard scaled < 1e15, scaled / 1000 == value.magnitude, scaled > 0 else { return false }
        let (whole, rest) = UInt64(scaled).quotientAndRemainder(dividingBy: 1000)
        digits(whole, isNegative: value < 0)
        bytes.append(UInt8(ascii: "."))
        bytes.append(0x30 + UInt8(rest / 100))
        if rest % 100 != 0 { bytes.append(0x30 + UInt8(rest / 10 % 10)) }
        if rest % 10 != 0 { bytes.append(0x30 + UInt8(rest % 10)) }
        return true
    }

    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
        var run = 0
        for index in text.indices {
            let byte = text[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            bytes.append(contentsOf: text[run..<index])
            run = index + 1
            switch byte {
            case UInt8(ascii: "\""): literal(#"\""#)
            case UInt8(ascii: "\\"): literal(#"\\"#)
            case 0x0A: literal(#"\n"#)
            case 0x0D: literal(#"\r"#)
            case 0x09: literal(#"\t"#)
            default:
                literal(#"\u00"#)
                bytes.append(0x30 + (byte >> 4))
                bytes.append(byte & 15 < 10 ? 0x30 + (byte & 15) : 0x57 + (byte & 15))
            }
        }
        bytes.append(contentsOf: text[run...])
    }
}
