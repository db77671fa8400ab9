extension JSONReader {
    /// A number's text, split while it is checked against the grammar of RFC 8259 §6.
    struct Number {
        let text: UnsafeBufferPointer<UInt8>
        let isNegative: Bool
        /// The digits as one whole number, where they fit: the value is `±significand × 10^exponent`.
        let significand: UInt64?
        let exponent: Int
    }

    /// Reads a whole number.
    /// - Returns: `nil` where the value is something else or does not fit, which is then noted and skipped.
    @inlinable
    public mutating func readInteger<Integer: FixedWidthInteger & Sendable>(_ type: Integer.Type) throws(JSONError) -> Integer? {
        let start = position()
        switch try readWhole() {
        case .positive(let magnitude):
            if let value = Integer(exactly: magnitude) { return value }
        case .negative(let value):
            if let value = Integer(exactly: value) { return value }
        case .tooLarge: break
        case nil: return nil
        }
        outOfRange(Bounds(Integer.min...Integer.max), at: start)
        return nil
    }

    @usableFromInline
    enum Whole {
        case positive(UInt64), negative(Int64)
        /// Larger than any of this toolkit's integers.
        case tooLarge
    }

    /// Reads a number that must be whole. Not generic, so that it is compiled once.
    @usableFromInline
    mutating func readWhole() throws(JSONError) -> Whole? {
        let start = position()
        guard let number = try readNumber("must be a whole number") else { return nil }
        guard let magnitude = Self.whole(number) else {
            // Without a fraction it is whole, and has more digits than fit.
            if number.exponent >= 0 { return .tooLarge }
            fault("type", "must be a whole number", at: start)
            return nil
        }
        guard number.isNegative else { return .positive(magnitude) }
        return magnitude <= 1 << 63 ? .negative(Int64(bitPattern: 0 &- magnitude)) : .tooLarge
    }

    /// Reads a floating-point number, correctly rounded.
    /// - Returns: `nil` where the value is something else or too large, which is then noted and skipped.
    public mutating func readDouble() throws(JSONError) -> Double? {
        let start = position()
        guard let number = try readNumber("must be a number") else { return nil }
        if let value = Self.exactDouble(number) { return value }
        guard let value = Double(String(decoding: number.text, as: UTF8.self)), value.isFinite else {
            fault("range", "is too large", at: start)
            return nil
        }
        return value
    }

    /// The value where both its digits and its power of ten are exact as doubles, so that one operation rounds correctly
    /// (William D. Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990).
    private static func exactDouble(_ number: Number) -> Double? {
        guard let significand = number.significand, significand <= 1 << 53, (-22...22).contains(number.exponent) else { return nil }
        let digits = Double(significand)
        let magnitude = number.exponent < 0 ? digits / powersOfTen[-number.exponent] : digits * powersOfTen[number.exponent]
        return number.isNegative ? -magnitude : magnitude
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
        1e22,
    ]

    /// The magnitude as a whole number, where it is one: `10`, `10.0` and `1e1` are the same number.
    private static func whole(_ number: Number) -> UInt64? {
        guard var value = number.significand else { return nil }
        var exponent = number.exponent
        while exponent < 0, value != 0 {
            guard value % 10 == 0 else { return nil }
            value /= 10
            exponent += 1
        }
        while exponent > 0, value != 0 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            value = product
            exponent -= 1
        }
        return value
    }

    /// Reads a number's text.
    /// - Returns: `nil` where the value is something else, which is then noted and skipped.
    mutating func readNumber(_ expectation: String) throws(JSONError) -> Number? {
        let first = peek()
        guard first == UInt8(ascii: "-") || (0x30...0x39).contains(first) else {
            try mismatch(expectation)
            return nil
        }
        let start = cursor
        let isNegative = first == UInt8(ascii: "-")
        if isNegative { cursor += 1 }
        var digits = Digits()
        let leading = cursor
        try readDigits(&digits)
        if base[leading] == UInt8(ascii: "0"), cursor - leading > 1 { throw malformed("a number must not begin with 0") }
        var exponent = 0
        if cursor < end, base[cursor] == UInt8(ascii: ".") {
            cursor += 1
            let fraction = cursor
            try readDigits(&digits)
            exponent = fraction - cursor
        }
        if cursor < end, base[cursor] | 0x20 == UInt8(ascii: "e") { exponent += try readExponent() }
        return Number(
            text: UnsafeBufferPointer(start: base + start, count: cursor - start), isNegative: isNegative,
            significand: digits.fits ? digits.value : nil, exponent: exponent)
    }

    private struct Digits {
        var value: UInt64 = 0
        var fits = true

        mutating func append(_ digit: UInt8) {
            let (tens, first) = value.multipliedReportingOverflow(by: 10)
            let (sum, second) = tens.addingReportingOverflow(UInt64(digit))
            value = sum
            if first || second { fits = false }
        }
    }

    private mutating func readDigits(_ digits: inout Digits) throws(JSONError) {
        let start = cursor
        while cursor < end, base[cursor] &- 0x30 < 10 {
            digits.append(base[cursor] - 0x30)
            cursor += 1
        }
        guard cursor > start else { throw malformed("expected a digit") }
    }

    private mutating func readExponent() throws(JSONError) -> Int {
        cursor += 1
        let isNegative = cursor < end && base[cursor] == UInt8(ascii: "-")
        if cursor < end, isNegative || base[cursor] == UInt8(ascii: "+") { cursor += 1 }
        var digits = Digits()
        try readDigits(&digits)
        // Past this, every double is zero or infinite; the bound keeps the sum from overflowing.
        let magnitude = digits.fits ? Int(min(digits.value, 1_000_000)) : 1_000_000
        return isNegative ? -magnitude : magnitude
    }
}
