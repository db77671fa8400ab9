extension Optional: JSONCodable, ProtobufCodable, Schema where Wrapped: Schema {
    /// The schema of the wrapped value, or `null`.
    public static var schema: JSONSchema { Wrapped.schema.orNull }

    /// Reads `null` as `nil`, and anything else as the wrapped value.
    @inlinable
    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Wrapped?? {
        if try json.takeNull() { return .some(nil) }
        guard let value = try Wrapped.decode(from: &json) else { return nil }
        return .some(value)
    }

    /// Writes the value, or `null` for `nil`.
    @inlinable
    public func encode(to json: inout JSONWriter) {
        if let self { self.encode(to: &json) } else { json.literal("null") }
    }

    /// A message of its own, wherever the value is not a field.
    @inlinable public static var protobufKind: ProtobufKind { .box }

    /// Reads the value from field 1 of a message; a message without the field is `nil`.
    @inlinable
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Wrapped?? {
        var value: Wrapped?? = .some(nil)
        while let field = try message.nextField() {
            if field == 1 { try message.read(&value, "") } else { try message.skip() }
        }
        return value
    }

    /// Writes the value as field 1 of a message.
    @inlinable public func encode(to message: inout ProtobufWriter) { message.field(1, self) }

    /// Checks the value, if there is one.
    @inlinable
    public func check(_ faults: inout FaultCollector) {
        if let self { self.check(&faults) }
    }
}

extension Array: JSONCodable, ProtobufCodable, Schema where Element: Schema {
    /// An array whose items have the element's schema.
    public static var schema: JSONSchema { .array(of: Element.schema) }

    /// Reads an array, and records the faults of all elements.
    @inlinable
    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> [Element]? {
        guard try json.beginArray() != nil else { return nil }
        var elements: [Element] = []
        var isWhole = true
        while try json.nextElement() {
            guard let element = try Element.decode(from: &json) else {
                isWhole = false
                continue
            }
            elements.appendWithRoom(element)
        }
        return isWhole ? elements : nil
    }

    /// Writes an array.
    @inlinable
    public func encode(to json: inout JSONWriter) {
        json.literal("[")
        var isFirst = true
        for element in self {
            if !isFirst { json.literal(",") }
            isFirst = false
            element.encode(to: &json)
        }
        json.literal("]")
    }

    /// A message of its own, wherever the list is not a field.
    @inlinable public static var protobufKind: ProtobufKind { .box }

    /// Reads the elements from field 1 of a message.
    @inlinable
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> [Element]? {
        var value: [Element]? = []
        while let field = try message.nextField() {
            if field == 1 { try message.read(&value, "") } else { try message.skip() }
        }
        return value
    }

    /// Writes the elements as field 1 of a message.
    @inlinable public func encode(to message: inout ProtobufWriter) { message.field(1, self) }

    /// Checks every element.
    @inlinable
    public func check(_ faults: inout FaultCollector) {
        for index in indices { faults.check(self[index], at: index) }
    }
}

extension Array {
    /// Appends an element that was read. The first one reserves space for a few, but never much more than the bytes that may contain them.
    @inlinable
    mutating func appendWithRoom(_ element: Element) {
        if isEmpty { reserveCapacity(Swift.max(1, Swift.min(8, 256 / Swift.max(1, MemoryLayout<Element>.stride)))) }
        append(element)
    }
}

extension Dictionary: JSONCodable, ProtobufCodable, Schema where Key == String, Value: Schema {
    /// An object whose values have the value's schema.
    public static var schema: JSONSchema { .dictionary(of: Value.schema) }

    /// Reads an object, and records the faults of all values.
    @inlinable
    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> [String: Value]? {
        guard let start = try json.beginObject() else { return nil }
        var values: [String: Value] = [:]
        var isWhole = true
        while let key = try json.nextKey() {
            let name = key.text
            guard try json.admitsKey(name, of: start) else {
                isWhole = false
                continue
            }
            guard values[name] == nil else { throw json.duplicate(name) }
            if let value = try Value.decode(from: &json) { values[name] = value } else { isWhole = false }
        }
        return isWhole ? values : nil
    }

    /// Writes the entries in the order of their keys, so that equal dictionaries have equal text.
    @inlinable
    public func encode(to json: inout JSONWriter) {
        json.literal("{")
        var isFirst = true
        for (key, value) in self.sorted(by: { $0.key < $1.key }) {
            if !isFirst { json.literal(",") }
            isFirst = false
            json.string(key)
            json.literal(":")
            value.encode(to: &json)
        }
        json.literal("}")
    }

    /// A message of its own, wherever the map is not a field.
    @inlinable public static var protobufKind: ProtobufKind { .box }

    /// Reads the entries from field 1 of a message.
    @inlinable
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> [String: Value]? {
        var value: [String: Value]? = [:]
        while let field = try message.nextField() {
            if field == 1 { try message.read(&value, "") } else { try message.skip() }
        }
        return value
    }

    /// Writes the entries as field 1 of a message, in the order of their keys.
    @inlinable public func encode(to message: inout ProtobufWriter) { message.field(1, self) }

    /// Checks the entries in the order of their keys, as they are written, if there is anything to report.
    @inlinable
    public func check(_ faults: inout FaultCollector) {
        let count = faults.list.count
        for (key, value) in self { faults.check(value, of: key) }
        guard faults.list.count > count else { return }
        faults.drop(since: count)
        for (key, value) in self.sorted(by: { $0.key < $1.key }) { faults.check(value, of: key) }
    }
}

extension FaultCollector {
    /// Checks an entry of the map that is being checked.
    @inlinable
    mutating func check(_ value: some Schema, of key: String) {
        if MapKey.accepts(key) { check(value) { key } } else { lose(MapKey.rule, MapKey.message) }
    }
}
