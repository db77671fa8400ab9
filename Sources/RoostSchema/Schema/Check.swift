/// A rule for the value of a field in addition to its type, such as `@Check(.length(1...200))`.
///
/// `@Schema` reads the rules at compile time and generates calls from them. No value of this type is ever created.
public struct Check: Sendable {
    /// Limits the number of characters of a string (Unicode scalar values, which `minLength` of JSON Schema counts).
    public static func length(_ bounds: some RangeExpression<Int> & Sendable) -> Check { Check() }
    /// Limits the number of elements of an array or a dictionary.
    public static func count(_ bounds: some RangeExpression<Int> & Sendable) -> Check { Check() }
    /// Limits the value of a number.
    public static func range<Bound: Comparable>(_ bounds: some RangeExpression<Bound> & Sendable) -> Check { Check() }
    /// Requires a string to have a format.
    public static func format(_ format: Format) -> Check { Check() }
}

/// The bounds of a rule, either of which may be open.
public struct Bounds<Value: Comparable & Sendable>: Sendable {
    /// The smallest allowed value; `nil` if there is no lower bound.
    public let lower: Value?
    /// The largest allowed value; `nil` if there is no upper bound.
    public let upper: Value?

    /// Creates bounds from a closed range, such as `1...10`.
    @inlinable public init(_ range: ClosedRange<Value>) { (lower, upper) = (range.lowerBound, range.upperBound) }
    /// Creates a lower bound, such as `1...`.
    @inlinable public init(_ range: PartialRangeFrom<Value>) { (lower, upper) = (range.lowerBound, nil) }
    /// Creates an upper bound, such as `...10`.
    @inlinable public init(_ range: PartialRangeThrough<Value>) { (lower, upper) = (nil, range.upperBound) }
    /// Creates bounds from a half-open range of whole numbers: `1..<10` is `1...9`.
    @inlinable public init(_ range: Range<Value>) where Value: FixedWidthInteger {
        (lower, upper) = (range.lowerBound, range.upperBound &- 1)
    }
    /// Creates an upper bound that is itself not allowed: `..<10` is `...9`.
    @inlinable public init(_ range: PartialRangeUpTo<Value>) where Value: FixedWidthInteger {
        (lower, upper) = (nil, range.upperBound &- 1)
    }

    /// Returns whether a value lies within the bounds.
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

    /// Returns a number as JSON writes it: whole numbers without a fraction.
    private static func word(_ value: Value) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

extension Bounds<Int> {
    /// Returns whether a text has an allowed length. Often the number of bytes is enough to tell, since a character has 1 to 4 of them.
    @inlinable
    func containsLength(of text: String) -> Bool {
        let bytes = text.utf8.count
        return (bytes + 3) / 4 >= lower ?? 0 && bytes <= upper ?? .max || contains(text.unicodeScalars.count)
    }

    /// Returns the bounds with the counted noun, for a person: "must have at least 1 item".
    public func words(of noun: String) -> String { "must have \(words) \(noun)\((upper ?? lower) == 1 ? "" : "s")" }
}
