/// A set is encoded as an array with unique items.
extension Set: JSONCodable, ProtobufCodable, Schema where Element: Schema {
    /// An array without equal items.
    public static var schema: JSONSchema { JSONSchema.array(of: Element.schema).uniqueItems(of: Set.self) }

    /// Reads an array. Records a fault with the rule `unique` if two items are equal.
    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Set? {
        let start = json.position()
        guard let items = try [Element].decode(from: &json) else { return nil }
        return json.set(of: items, at: start)
    }

    /// Writes an array, in an order that equal sets share.
    public func encode(to json: inout JSONWriter) { inOrder.encode(to: &json) }

    /// A message of its own, wherever the set is not a field.
    public static var protobufKind: ProtobufKind { .box }

    /// Reads the elements from field 1 of a message.
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Set? {
        var value: Set? = []
        while let field = try message.nextField() {
            if field == 1 { try message.read(&value, "") } else { try message.skip() }
        }
        return value
    }

    /// Writes the elements as field 1 of a message.
    public func encode(to message: inout ProtobufWriter) { message.field(1, self) }

    /// Checks every element.
    public func check(_ faults: inout FaultCollector) { inOrder.check(&faults) }

    /// The elements in the order of their JSON, so that equal sets have equal text.
    fileprivate var inOrder: [Element] {
        guard count > 1 else { return Array(self) }
        return map { (text: JSON.encode($0), element: $0) }.sorted { $0.text.lexicographicallyPrecedes($1.text) }.map(\.element)
    }
}

extension FaultRecorder {
    /// Returns the set of items, or `nil` after recording a fault, if one occurs twice.
    fileprivate mutating func set<Element>(of items: [Element], at place: Place) -> Set<Element>? {
        let set = Set(items)
        if set.count == items.count { return set }
        fault("unique", "must not contain the same item twice", at: place)
        return nil
    }
}

/// A field with a set is repeated.
extension ProtobufReader {
    /// Reads items of a set.
    public mutating func read<Element: Schema>(_ set: inout Set<Element>?, _ name: StaticString) throws(DecodingFailure) {
        var items: [Element]? = []
        try read(&items, name)
        guard let items else { return }
        let known = set ?? []
        set = known.union(items)
        if set?.count != known.count + items.count { fault("unique", "must not contain the same item twice", at: name) }
    }

    /// Makes an absent set empty, since both have the same encoding.
    @inlinable
    public mutating func settle<Element: Schema>(_ set: inout Set<Element>?, _ name: StaticString) {
        if set == nil { set = [] }
    }

    /// Makes an absent set empty, since both have the same encoding.
    @inlinable
    public mutating func settle<Element: Schema>(_ set: inout Set<Element>?, else fallback: @autoclosure () -> Set<Element>) {
        if set == nil { set = [] }
    }
}

extension ProtobufWriter {
    /// Writes the items of a set.
    public mutating func field<Element: Schema>(_ number: Int, _ set: Set<Element>) { field(number, set.inOrder) }

    /// Writes the items of a set.
    public mutating func present<Element: Schema>(_ number: Int, _ set: Set<Element>) { field(number, set) }
}
