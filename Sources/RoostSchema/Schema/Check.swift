/// A rule that a field's value must keep beside its type. Written as `@Check(.length(1...200))`.
///
/// `@Schema` reads the rules at compile time and writes each as a plain call; no value of this type is ever made.
public struct Check: Sendable {
    /// How many characters (Unicode scalar values, as JSON Schema's `minLength` counts) a string has.
    public static func length(_ bounds: some RangeExpression<Int> & Sendable) -> Check { Check() }
    /// How many elements an array or a dictionary has.
    public static func count(_ bounds: some RangeExpression<Int> & Sendable) -> Check { Check() }
    /// Between which values a number lies.
    public static func range<Bound: Comparable>(_ bounds: some RangeExpression<Bound> & Sendable) -> Check { Check() }
    /// What a string must look like.
    public static func format(_ format: Format) -> Check { Check() }
}

/// The bounds of a rule; either may be open.
public struct Bounds<Value: Comparable & Sendable>: Sendable {
    public let lower: Value?
    public let upper: Value?

    @inlinable public init(_ range: ClosedRange<Value>) { (lower, upper) = (range.lowerBound, range.upperBound) }
    @inlinable public init(_ range: PartialRangeFrom<Value>) { (lower, upper) = (range.lowerBound, nil) }
    @inlinable public init(_ range: PartialRangeThrough<Value>) { (lower, upper) = (nil, range.upperBound) }
    /// A half-open range of whole numbers: `1..<10` is `1...9`.
    @inlinable public init(_ range: Range<Value>) where Value: FixedWidthInteger {
        (lower, upper) = (range.lowerBound, range.upperBound &- 1)
    }
    @inlinable public init(_ range: PartialRangeUpTo<Value>) where Value: FixedWidthInteger {
        (lower, upper) = (nil, range.upperBound &- 1)
    }

    @inlinable
    public func contains(_ value: Value) -> Bool {
        if let lower, value < lower { return false }
        if let upper, value > upper { return false }
        return true
    }

    /// The bounds for a person: "from 1 to 1000".
    var words: String {
        switch (lower.map(Self.word), upper.map(Self.word)) {
        case (let lower?, let upper?): lower == upper ? lower : "from \(lower) to \(upper)"
        case (let lower?, nil): "at least \(lower)"
        case (nil, let upper?): "at most \(upper)"
        case (nil, nil): "anything"
        }
    }

    /// A number as JSON writes it: whole ones without a fraction.
    private static func word(_ value: Value) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

extension Bounds<Int> {
    /// Whether a text is as long as it must be. The count of bytes alone often tells, as a character has 1 to 4 of them.
    @inlinable
    func containsLength(of text: String) -> Bool {
        let bytes = text.utf8.count
        return (bytes + 3) / 4 >= lower ?? 0 && bytes <= upper ?? .max || contains(text.unicodeScalars.count)
    }

    /// The bounds and what they count, for a person: "must have at least 1 item".
    public func words(of noun: String) -> String { "must have \(words) \(noun)\((upper ?? lower) == 1 ? "" : "s")" }
}
