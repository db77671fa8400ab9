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
    /// Where the faults of the value that is being checked begin.
    @usableFromInline var first = 0
    /// Which of the faults a decoder would have got no value for.
    private var losses: [Int] = []

    /// A collector that has found nothing.
    public init() {}

    /// The faults of a value: none, if it keeps all rules.
    @inlinable
    public static func faults(in value: some Schema) -> [Fault] {
        var collector = FaultCollector()
        value.check(&collector)
        return collector.faults
    }

    /// The faults that were found so far, each with its pointer from the outermost value that was checked.
    @inlinable public var faults: [Fault] { list.all }

    // MARK: Parts

    /// Checks a field of the value that is being checked.
    @inlinable
    public mutating func check(_ value: some Schema, _ field: StaticString) {
        check(value) { "\(field)" }
    }

    @_disfavoredOverload
    public mutating func check<Value>(_ value: Value, _ field: StaticString) {}

    /// Checks an element of the list that is being checked.
    @inlinable
    public mutating func check(_ value: some Schema, at index: Int) {
        check(value) { String(index) }
    }

    /// Checks what a case of a choice holds.
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

    /// Notes a fault of the value that is being checked.
    /// - Parameters:
    ///   - rule: the rule that is broken, in a word.
    ///   - message: what the value must be, for a person.
    public mutating func fault(_ rule: String, _ message: String) { list.note(rule, message, pointer: "") }

    /// Notes a fault of a field of the value that is being checked.
    /// - Parameter field: the field's name in JSON.
    public mutating func fault(_ rule: String, _ message: String, at field: StaticString) {
        list.note(rule, message, pointer: JSONPointer.step("\(field)"))
    }

    /// Notes that the value which is being checked cannot be sent as it is: a decoder would get none.
    @usableFromInline @inline(never)
    mutating func lose(_ rule: String, _ message: String) {
        losses.append(list.count)
        fault(rule, message)
    }

    /// Whether the field has something in it that cannot be sent.
    public func isPartial(at field: StaticString) -> Bool {
        losses.contains { $0 >= first && $0 < list.count && list.isFault($0, in: field) }
    }

    /// Forgets the faults from a number on.
    @usableFromInline
    mutating func drop(since count: Int) {
        list.drop(since: count)
        losses.removeAll { $0 >= count }
    }
}
