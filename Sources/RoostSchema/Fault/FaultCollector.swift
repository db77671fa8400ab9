/// Checks values in memory by the rules that decoders check them by.
///
/// A call within one process passes values as they are, and no decoder sees them. To hold them to the same rules:
/// ```swift
/// let faults = FaultCollector.faults(in: order)
/// if !faults.isEmpty { throw Problem.invalid(faults) }
/// ```
/// The faults have the pointers, rules and messages that `JSON.decode` would give for the encoded value. A number that is not finite, which JSON
/// would write as `null`, is a fault here.
public struct FaultCollector: FaultRecorder {
    @usableFromInline var list = FaultList()
    /// The index of the first fault of the value that is being checked.
    @usableFromInline var first = 0
    /// The faults for which a decoder would not have returned a value.
    private var losses: [Int] = []

    /// Creates a collector without faults.
    public init() {}

    /// Returns the faults of a value.
    @inlinable
    public static func faults(in value: some Schema) -> [Fault] {
        var collector = FaultCollector()
        value.check(&collector)
        return collector.faults
    }

    /// The faults found so far, each with a pointer from the outermost value.
    @inlinable public var faults: [Fault] { list.all }

    // MARK: Parts

    /// Checks a field of the value that is being checked.
    @inlinable
    public mutating func check(_ value: some Schema, _ field: StaticString) {
        check(value) { "\(field)" }
    }

    /// Accepts a field of a type without a schema, so that the compiler reports the missing `@Schema` once. Never runs.
    @_disfavoredOverload
    public mutating func check<Value>(_ value: Value, _ field: StaticString) {}

    /// Checks an element of the list that is being checked.
    @inlinable
    public mutating func check(_ value: some Schema, at index: Int) {
        check(value) { String(index) }
    }

    /// Checks the payload of a case of a choice.
    @inlinable
    public mutating func payload(_ name: StaticString, _ check: (inout FaultCollector) -> Void) {
        let outer = first, count = list.count
        first = count
        check(&self)
        first = outer
        if list.count > count { place(count, in: "\(name)") }
    }

    @inlinable
    mutating func check(_ value: some Schema, _ step: () -> String) {
        let outer = first, count = list.count
        first = count
        value.check(&self)
        first = outer
        if list.count > count { place(count, in: step()) }
    }

    @usableFromInline @inline(never)
    mutating func place(_ count: Int, in step: String) { list.place(count, in: step) }

    // MARK: Faults

    /// Records a fault of the value that is being checked.
    /// - Parameters:
    ///   - rule: The violated rule, in a word.
    ///   - message: What the value must be, for a person.
    public mutating func fault(_ rule: String, _ message: String) { list.note(rule, message, pointer: "") }

    /// Records a fault of a field of the value that is being checked.
    /// - Parameters:
    ///   - rule: The violated rule, in a word.
    ///   - message: What the value must be, for a person.
    ///   - field: The field's name in JSON.
    public mutating func fault(_ rule: String, _ message: String, at field: StaticString) {
        list.note(rule, message, pointer: JSONPointer.step("\(field)"))
    }

    /// Records that the value being checked cannot be encoded, so that a decoder would not return a value.
    @usableFromInline @inline(never)
    mutating func lose(_ rule: String, _ message: String) {
        losses.append(list.count)
        fault(rule, message)
    }

    /// Returns whether a field contains something that cannot be encoded.
    public func isPartial(at field: StaticString) -> Bool {
        losses.contains { $0 >= first && $0 < list.count && list.isFault($0, in: field) }
    }

    /// Removes the faults from an index on.
    @usableFromInline
    mutating func drop(since count: Int) {
        list.drop(since: count)
        losses.removeAll { $0 >= count }
    }
}
