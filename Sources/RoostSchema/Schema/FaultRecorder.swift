/// Notes the faults that checks find. Each rule is written once for all of them: `JSONReader` and `ProtobufReader`, which read a value, and
/// `FaultCollector`, which looks at one in memory.
///
/// A rule of your own is a function `check(_:of:at:)` here, labelled with its name, a function of that name on `JSONSchema`, and one on `Check`
/// for `@Check` to name.
public protocol FaultRecorder {
    /// Where a value is: its offset in a JSON text, or the name of its field.
    associatedtype Place

    /// Notes a fault of the value at a place.
    /// - Parameters:
    ///   - rule: the rule that is broken, such as `length`.
    ///   - message: what the value must be, for a person: "must be from 1 to 1000".
    mutating func fault(_ rule: String, _ message: String, at place: Place)

    /// Whether something within the value at a place could not be taken, so that the whole of it cannot be judged.
    func isPartial(at place: Place) -> Bool
}

extension FaultRecorder {
    /// Notes it if a text is not as long as it must be.
    @inlinable
    public mutating func check(length bounds: Bounds<Int>, of value: String?, at place: Place) {
        if let value, !bounds.containsLength(of: value) { broken("length", bounds.words(of: "character"), at: place) }
    }

    /// Notes it if a collection has not as many elements as it must have.
    @inlinable
    public mutating func check(count bounds: Bounds<Int>, of value: (some Collection)?, at place: Place) {
        if let value, !bounds.contains(value.count) { broken("count", bounds.words(of: "item"), at: place) }
    }

    /// Notes it if a number is not within its bounds.
    @inlinable
    public mutating func check<Value>(range bounds: Bounds<Value>, of value: Value?, at place: Place) {
        if let value, !bounds.contains(value) { outOfRange(bounds, at: place) }
    }

    /// Notes it if a text does not have its form.
    public mutating func check(format: Format, of value: String?, at place: Place) {
        if let value, !format.accepts(value) { broken("format", "must be \(format.expectation)", at: place) }
    }

    @usableFromInline
    mutating func outOfRange(_ bounds: Bounds<some Comparable>, at place: Place) {
        broken("range", "must be \(bounds.words)", at: place)
    }

    /// Notes a broken rule, unless the value is only a part of what was sent.
    @usableFromInline
    mutating func broken(_ rule: String, _ message: String, at place: Place) {
        if !isPartial(at: place) { fault(rule, message, at: place) }
    }
}
