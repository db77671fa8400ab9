extension JSONWriter {
    /// Writes a whole number of at most 64 bits.
    @inlinable
    public mutating func integer(_ value: some FixedWidthInteger) {
        digits(UInt64(truncatingIfNeeded: value.magnitude), isNegative: value < 0)
    }

    @usableFromInline
    mutating func digits(_ magnitude: UInt64, isNegative: Bool) {
        // 20 characters are enough for a 64-bit number with its sign.
        output.reserve(20)
        if isNegative { output.append(UInt8(ascii: "-")) }
        output.count += Self.width(of: magnitude)
        var index = output.count, rest = magnitude
        repeat {
            index -= 1
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            output.base[index] = 0x30 + UInt8(truncatingIfNeeded: digit)
            rest = quotient
        } while rest != 0
    }

    /// Returns the number of digits of a number.
    private static func width(of number: UInt64) -> Int {
        var width = 1, bound: UInt64 = 10
        while number >= bound {
            width += 1
            // No 64-bit number has more digits, and the next bound would not fit.
            if width == 20 { break }
            bound *= 10
        }
        return width
    }

    /// Writes the shortest number that reads back as the same value. Infinities, which JSON does not have, become `null`.
    public mutating func double(_ value: Double) {
        guard value.isFinite else { return literal("null") }
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53, whole != 0 || value.sign == .plus { return integer(whole) }
        if !thousandths(value) { raw(value.description) }
    }

    /// Writes a number with up to three decimals, such as a price, without searching for the shortest text: no two decimals of at most 15
    /// digits are the same double (IEEE 754, DBL_DIG), so the one that is found is the shortest.
    /// - Returns: Whether it is such a number.
    private mutating func thousandths(_ value: Double) -> Bool {
        let nearest = value.magnitude * 1000 + 0.5
        guard nearest < 1e15 else { return false }
        let scaled = UInt64(nearest)
        guard scaled > 0, Double(scaled) / 1000 == value.magnitude else { return false }
        let (whole, rest) = scaled.quotientAndRemainder(dividingBy: 1000)
        digits(whole, isNegative: value < 0)
        output.append(UInt8(ascii: "."))
        output.append(0x30 + UInt8(rest / 100))
        if rest % 100 != 0 { output.append(0x30 + UInt8(rest / 10 % 10)) }
        if rest % 10 != 0 { output.append(0x30 + UInt8(rest % 10)) }
        return true
    }
}
