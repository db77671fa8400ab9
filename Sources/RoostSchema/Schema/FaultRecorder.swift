/// Records the faults that checks find. Each rule is written once for all recorders: `JSONReader` and `ProtobufReader`, which read values,
/// and `FaultCollector`, which checks a value in memory.
///
/// To add a rule, write a function `check(_:of:at:)` here, labelled with its name, a function with that name on `JSONSchema`, and one on
/// `Check` for use in `@Check`.
public protocol FaultRecorder {
    /// The place of a value: its offset in a JSON text, or the name of its field.
    associatedtype Place

    /// Records a fault of the value at a place.
    /// - Parameters:
    ///   - rule: The violated rule, such as `length`.
    ///   - message: What the value must be, for a person: "must be from 1 to 1000".
    ///   - place: The place of the value.
    mutating func fault(_ rule: String, _ message: String, at place: Place)

    /// Returns whether a part of the value at a place was refused, so that the whole value cannot be judged.
    func isPartial(at place: Place) -> Bool
}

extension FaultRecorder {
    /// Records a fault if a text does not have an allowed length.
    @inlinable
    public mutating func check(length bounds: Bounds<Int>, of value: String?, at place: Place) {
        if let value, !bounds.containsLength(of: value) { broken("length", bounds.words(of: "character"), at: place) }
    }

    /// Records a fault if a collection does not have an allowed number of elements.
    @inlinable
    public mutating func check(count bounds: Bounds<Int>, of value: (some Collection)?, at place: Place) {
        if let value, !bounds.contains(value.count) { broken("count", bounds.words(of: "item"), at: place) }
    }

    /// Records a fault if a number is not within its bounds.
    @inlinable
    public mutating func check<Value>(range bounds: Bounds<Value>, of value: Value?, at place: Place) {
        if let value, !bounds.contains(value) { outOfRange(bounds, at: place) }
    }

    /// Records a fault if a text does not have a format.
    public mutating func check(format: Format, of value: String?, at place: Place) {
        if let value, !format.accepts(value) { broken("format", "must be \(format.expectation)", at: place) }
    }

    @usableFromInline
    mutating func outOfRange(_ bounds: Bounds<some Comparable>, at place: Place) {
        broken("range", "must be \(bounds.words)", at: place)
    }

    /// Records a violated rule, unless only a part of the value was accepted.
    @usableFromInline
    mutating func broken(_ rule: String, _ message: String, at place: Place) {
        if !isPartial(at: place) { fault(rule, message, at: place) }
    }
}
