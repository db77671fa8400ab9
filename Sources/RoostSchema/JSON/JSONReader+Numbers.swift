extension JSONReader {
    /// The text of a number, split while it is checked against the grammar of RFC 8259 §6.
    struct Number {
        let text: UnsafeBufferPointer<UInt8>
        let isNegative: Bool
        /// The digits as a whole number, if they fit into 64 bits. The value is `±significand × 10^exponent`.
        let significand: UInt64?
        let exponent: Int

        var isZero: Bool { significand == 0 }

        /// The number of digits from the first that is not zero to the last.
        var digits: Int {
            let mantissa = text.prefix { $0 | 0x20 != UInt8(ascii: "e") }.filter { $0 &- 0x30 < 10 }
            let significant = mantissa.drop { $0 == 0x30 }
            return (significant.lastIndex { $0 != 0x30 }.map { $0 + 1 } ?? significant.startIndex) - significant.startIndex
        }
    }

    /// Reads a whole number.
    /// - Returns: `nil` after recording a fault and skipping the value, if it is something else or does not fit.
    @inlinable
    public mutating func readInteger<Integer: FixedWidthInteger & Sendable>(_ type: Integer.Type) throws(DecodingFailure) -> Integer? {
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
        /// The number does not fit into 64 bits.
        case tooLarge
    }

    /// Reads a number that must be whole. It is not generic, so that it is compiled once.
    @usableFromInline
    mutating func readWhole() throws(DecodingFailure) -> Whole? {
        let start = position()
        if let magnitude = takePlainWhole() { return .positive(magnitude) }
        guard let number = try readNumber("must be a whole number") else { return nil }
        guard let magnitude = Self.whole(number) else {
            // The number is whole, but has more digits than fit.
            if number.exponent >= 0 { return .tooLarge }
            fault("type", "must be a whole number", at: start)
            return nil
        }
        guard number.isNegative else { return .positive(magnitude) }
        return magnitude <= 1 << 63 ? .negative(Int64(bitPattern: 0 &- magnitude)) : .tooLarge
    }

    /// Reads a whole number in its usual form: a few digits that certainly fit, followed by nothing else of the number.
    @inline(__always)
    private mutating func takePlainWhole() -> UInt64? {
        var index = cursor, value: UInt64 = 0
        while index < end, base[index] &- 0x30 < 10 {
            value = value &* 10 &+ UInt64(base[index] &- 0x30)
            index += 1
        }
        let count = index - cursor
        guard count > 0, count < Self.mostDigits, count == 1 || base[cursor] != UInt8(ascii: "0") else { return nil }
        guard index == end || base[index] != UInt8(ascii: ".") && base[index] | 0x20 != UInt8(ascii: "e") else { return nil }
        cursor = index
        return value
    }

    /// Reads a floating-point number, correctly rounded.
    /// - Returns: `nil` after recording a fault and skipping the value, if it is something else or too large.
    public mutating func readDouble() throws(DecodingFailure) -> Double? {
        let start = position()
        guard let number = try readNumber("must be a number") else { return nil }
        if let value = Self.exactDouble(number) { return value }
        guard let value = Double(String(decoding: number.text, as: UTF8.self)), value.isFinite else {
            fault("range", "is too large", at: start)
            return nil
        }
        return value
    }

    /// Returns the value if both its digits and its power of ten are exact as doubles, so that one operation rounds correctly (William D.
    /// Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990).
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

    /// Returns the magnitude if it is a whole number: `10`, `10.0` and `1e1` are the same number.
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

    /// Reads the text of a number.
    /// - Returns: `nil` after recording a fault and skipping the value, if it is something else.
    mutating func readNumber(_ expectation: String) throws(DecodingFailure) -> Number? {
        let first = peek()
        guard first == UInt8(ascii: "-") || first &- 0x30 < 10 else {
            try mismatch(expectation)
            return nil
        }
        let start = cursor
        let isNegative = first == UInt8(ascii: "-")
        if isNegative { cursor += 1 }
        var significand: UInt64 = 0
        let leading = cursor
        var count = try readDigits(&significand), exponent = 0
        if count > 1, base[leading] == UInt8(ascii: "0") { throw malformed("a number must not begin with 0") }
        if cursor < end, base[cursor] == UInt8(ascii: ".") {
            cursor += 1
            exponent = -(try readDigits(&significand))
            count -= exponent
        }
        if cursor < end, base[cursor] | 0x20 == UInt8(ascii: "e") { exponent += try readExponent() }
        let text = UnsafeBufferPointer(start: base + start, count: cursor - start)
        if count > Self.mostDigits { return Self.long(text, isNegative, exponent) }
        return Number(text: text, isNegative: isNegative, significand: significand, exponent: exponent)
    }

    /// The number of digits that certainly fit into 64 bits.
    private static let mostDigits = 19

    /// Returns a number with more digits, without the zeros at its beginning and end.
    private static func long(_ text: UnsafeBufferPointer<UInt8>, _ isNegative: Bool, _ exponent: Int) -> Number {
        var significand: UInt64? = 0, zeros = 0
        for byte in text.prefix(while: { $0 | 0x20 != UInt8(ascii: "e") }) where byte &- 0x30 < 10 {
            zeros += 1
            guard byte != UInt8(ascii: "0") else { continue }
            while zeros > 0, let digits = significand, digits != 0 {
                let (tens, overflow) = digits.multipliedReportingOverflow(by: 10)
                significand = overflow ? nil : tens
                zeros -= 1
            }
            zeros = 0
            significand = significand.map { $0.addingReportingOverflow(UInt64(byte - 0x30)) }.flatMap {
                $0.overflow ? nil : $0.partialValue
            }
        }
        return Number(text: text, isNegative: isNegative, significand: significand, exponent: exponent + zeros)
    }

    /// Adds digits to a number, at least one of which must exist.
    /// - Returns: The number of digits.
    @inline(__always)
    private mutating func readDigits(_ value: inout UInt64) throws(DecodingFailure) -> Int {
        let start = cursor
        var index = start
        while index < end, base[index] &- 0x30 < 10 {
            value = value &* 10 &+ UInt64(base[index] &- 0x30)
            index += 1
        }
        cursor = index
        guard index > start else { throw malformed("expected a digit") }
        return index - start
    }

    private mutating func readExponent() throws(DecodingFailure) -> Int {
        cursor += 1
        let isNegative = cursor < end && base[cursor] == UInt8(ascii: "-")
        if cursor < end, isNegative || base[cursor] == UInt8(ascii: "+") { cursor += 1 }
        let start = cursor
        var magnitude: UInt64 = 0
        _ = try readDigits(&magnitude)
        // No text has that many digits, so that no fraction can compensate for it, and no sum overflows.
        let most: UInt64 = 1 << 60
        let digits = UnsafeBufferPointer(start: base + start, count: cursor - start).drop { $0 == UInt8(ascii: "0") }
        let bounded = Int(digits.count > 18 ? most : min(magnitude, most))
        return isNegative ? -bounded : bounded
    }
}
