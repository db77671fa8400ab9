/// Fields, as expansions of `@Schema` read them. One of another wire type than its own counts as unknown.
extension ProtobufReader {
    /// Reads a value that has a content of its own.
    @inlinable
    mutating func value<Value: Schema>(as type: Value.Type) throws(ProtobufError) -> Value? {
        guard Value.protobufKind.wireType == .delimited else { return try Value.decode(from: &self) }
        let outer = try enter()
        let value = try Value.decode(from: &self)
        leave(to: outer)
        return value
    }

    @inlinable
    public mutating func read<Value: Schema>(_ value: inout Value?, _ name: StaticString) throws(ProtobufError) {
        try readWhole(&value, name)
    }

    /// Reads a value that is one field whatever it is: a list, a map and an optional value in their box.
    @inlinable
    public mutating func readWhole<Value: Schema>(_ value: inout Value?, _ name: StaticString) throws(ProtobufError) {
        guard wireType == Value.protobufKind.wireType else { return try skip() }
        let count = faultCount
        value = try self.value(as: Value.self)
        if faultCount > count { place(count, in: "\(name)") }
    }

    @inlinable
    public mutating func read<Value: Schema>(_ value: inout Value??, _ name: StaticString) throws(ProtobufError) {
        var wrapped: Value?
        guard wireType == Value.protobufKind.wireType else { return try skip() }
        try read(&wrapped, name)
        value = wrapped.map { .some($0) }
    }

    @inlinable
    public mutating func read<Element: Schema>(_ list: inout [Element]?, _ name: StaticString) throws(ProtobufError) {
        if list == nil { list = [] }
        if wireType == .delimited, Element.protobufKind.isPacked {
            let outer = try enter()
            while cursor < end { try readElement(&list, name) }
            leave(to: outer)
        } else if wireType == Element.protobufKind.wireType {
            try readElement(&list, name)
        } else {
            try skip()
        }
    }

    @inlinable
    mutating func readElement<Element: Schema>(_ list: inout [Element]?, _ name: StaticString) throws(ProtobufError) {
        let count = faultCount
        let element = try value(as: Element.self)
        if faultCount > count { placeElement(count, (list?.count ?? 0), name) }
        if let element { list?.append(element) }
    }

    @usableFromInline
    mutating func placeElement(_ count: Int, _ index: Int, _ name: StaticString) {
        place(count, in: String(index))
        place(count, in: "\(name)")
    }

    @inlinable
    public mutating func read<Value: Schema>(_ map: inout [String: Value]?, _ name: StaticString) throws(ProtobufError) {
        guard wireType == .delimited else { return try skip() }
        if map == nil { map = [:] }
        let count = faultCount
        var key: String? = "", value: Value?
        let outer = try enter()
        while let field = try nextField() {
            switch field {
            case 1: try read(&key, "key")
            case 2: if wireType == Value.protobufKind.wireType { value = try self.value(as: Value.self) } else { try skip() }
            default: try skip()
            }
        }
        leave(to: outer)
        if value == nil, faultCount == count { value = zero(Value.self) }
        if faultCount > count { placeEntry(count, key, name) }
        if let key, let value { map?[key] = value }
    }

    @usableFromInline
    mutating func placeEntry(_ count: Int, _ key: String?, _ name: StaticString) {
        if let key { place(count, in: key) }
        place(count, in: "\(name)")
    }

    /// The value that a field has which is not there: proto3 leaves out zeros and what is empty. Messages and enumerations have none.
    @inlinable
    func zero<Value: Schema>(_ type: Value.Type) -> Value? {
        switch Value.protobufKind {
        case .message, .enumeration: return nil
        case .varint, .fixed64, .fixed32: return Self.decode(from: [0, 0, 0, 0, 0, 0, 0, 0])
        case .text, .box: return Self.decode(from: [])
        }
    }

    @inlinable
    static func decode<Value: Schema>(from content: [UInt8]) -> Value? {
        content.withUnsafeBufferPointer { content in
            var reader = ProtobufReader(content)
            return try? Value.decode(from: &reader)
        }
    }
}

/// What is settled once all fields were read.
extension ProtobufReader {
    /// Gives a field that was not there its type's default, or notes that it must be there.
    @inlinable
    public mutating func settle<Value: Schema>(_ value: inout Value?, _ name: StaticString) {
        if value == nil { settleAbsent(&value, name) }
    }

    @inlinable
    public mutating func settle<Element: Schema>(_ list: inout [Element]?, _ name: StaticString) {
        if list == nil { list = [] }
    }

    @inlinable
    public mutating func settle<Value: Schema>(_ map: inout [String: Value]?, _ name: StaticString) {
        if map == nil { map = [:] }
    }

    @inlinable
    mutating func settleAbsent<Value: Schema>(_ value: inout Value?, _ name: StaticString) {
        guard !hasFault(in: "\(name)") else { return }
        value = zero(Value.self)
        if value == nil { fault("required", "is required", field: "\(name)") }
    }

    public mutating func check(length bounds: Bounds<Int>, of value: String?, _ name: StaticString) {
        if let value, let message = bounds.fault(ofLength: value) { fault("length", message, field: "\(name)") }
    }

    public mutating func check(count bounds: Bounds<Int>, of value: (some Collection)?, _ name: StaticString) {
        if let value, let message = bounds.fault(ofCount: value.count) { fault("count", message, field: "\(name)") }
    }

    @inlinable
    public mutating func check<Value>(range bounds: Bounds<Value>, of value: Value?, _ name: StaticString) {
        if let value, !bounds.contains(value) { outOfRange(bounds, name) }
    }

    @usableFromInline
    mutating func outOfRange(_ bounds: Bounds<some Comparable>, _ name: StaticString) {
        fault("range", "must be \(bounds.words)", field: "\(name)")
    }

    public mutating func check(format: Format, of value: String?, _ name: StaticString) {
        if let value, !format.accepts(value) { fault("format", "must be \(format.expectation)", field: "\(name)") }
    }
}

/// Enums.
extension ProtobufReader {
    /// Notes a number that is none of an enumeration's values; 0 stands for none at all.
    public mutating func unknownWord<Word: Schema>(as type: Word.Type = Word.self) -> Word? {
        let mismatch = Word.schema.mismatch(pointer: "")
        fault(mismatch.rule, mismatch.message)
        return nil
    }

    /// Reads the message that is a case's payload.
    public mutating func payload<Value>(
        _ name: StaticString, _ read: (inout ProtobufReader) throws(ProtobufError) -> Value?
    ) throws(ProtobufError) -> Value? {
        guard wireType == .delimited else {
            try skip()
            return nil
        }
        let count = faultCount
        let outer = try enter()
        let value = try read(&self)
        leave(to: outer)
        if faultCount > count { place(count, in: "\(name)") }
        return value
    }

    /// Notes it where none of a choice's cases was there.
    public mutating func requireChoice(_ isMissing: Bool, since count: Int, of names: StaticString) {
        if isMissing, faults.count == count { fault("required", "must have one of \(names)") }
    }
}
