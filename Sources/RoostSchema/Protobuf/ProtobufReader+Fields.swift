/// Reads fields for the expansion of `@Schema`. A field with an unexpected wire type counts as unknown.
extension ProtobufReader {
    /// Reads a value with content of its own.
    @inlinable
    mutating func value<Value: Schema>(as type: Value.Type) throws(DecodingFailure) -> Value? {
        switch Value.protobufKind {
        case .varint, .fixed64, .fixed32, .enumeration: return try Value.decode(from: &self)
        case .text:
            let outer = try narrow()
            defer { widen(to: outer) }
            return try Value.decode(from: &self)
        case .message, .box:
            let outer = try enter()
            defer { leave(to: outer) }
            return try Value.decode(from: &self)
        }
    }

    /// Reads the value of the current field. If a field occurs more than once, the last value counts.
    @inlinable
    public mutating func read<Value: Schema>(_ value: inout Value?, _ name: StaticString) throws(DecodingFailure) {
        guard wireType == Value.protobufKind.wireType else { return try skip() }
        let count = faultCount
        value = try self.value(as: Value.self)
        if faultCount > count { place(count, in: name) }
    }

    /// Reads the value of a field that may be left out.
    @inlinable
    public mutating func read<Value: Schema>(_ value: inout Value??, _ name: StaticString) throws(DecodingFailure) {
        var wrapped: Value?
        guard wireType == Value.protobufKind.wireType else { return try skip() }
        try read(&wrapped, name)
        value = wrapped.map { .some($0) }
    }

    /// Reads a value by itself even if it is a list, a map or optional, such as the payload of a case.
    @inlinable
    public mutating func single<Value: Schema>(_ name: StaticString, as type: Value.Type) throws(DecodingFailure) -> Value? {
        var value: Value?
        try read(&value, name)
        return value
    }

    /// Reads one element of a list, or all elements of a packed list, and appends them.
    @inlinable
    public mutating func read<Element: Schema>(_ list: inout [Element]?, _ name: StaticString) throws(DecodingFailure) {
        var elements = list.take() ?? []
        if wireType == .delimited, Element.protobufKind.isPacked {
            let outer = try narrow()
            while cursor < end { try readElement(&elements, name) }
            widen(to: outer)
        } else if wireType == Element.protobufKind.wireType {
            // Usually, the elements of a list are consecutive.
            let field = number
            repeat { try readElement(&elements, name) } while takeTag(field, Element.protobufKind.wireType)
        } else {
            try skip()
        }
        list = elements
    }

    /// Reads one element of a list, or the elements of a packed list, each for itself.
    /// - Parameter take: Takes an element or the fault for which it is refused, and returns whether it takes another one.
    package mutating func elements<Element: Schema>(
        as type: Element.Type, _ take: (Element?, Fault?) -> Bool
    ) throws(DecodingFailure) {
        guard wireType == .delimited, Element.protobufKind.isPacked else {
            guard wireType == Element.protobufKind.wireType else { return try skip() }
            _ = try element(as: Element.self, take)
            return
        }
        let outer = try narrow()
        while cursor < end { if try !element(as: Element.self, take) { cursor = end } }
        widen(to: outer)
    }

    private mutating func element<Element: Schema>(
        as type: Element.Type, _ take: (Element?, Fault?) -> Bool
    ) throws(DecodingFailure) -> Bool {
        let count = faultCount, element = try value(as: Element.self)
        return take(element, faultCount > count ? reported.last : nil)
    }

    /// Consumes the next tag if it is this one and has one byte.
    @inlinable
    mutating func takeTag(_ field: Int, _ type: ProtobufWireType) -> Bool {
        guard field < 16, cursor < end, base[cursor] == UInt8(truncatingIfNeeded: field) << 3 | type.rawValue else { return false }
        cursor += 1
        return true
    }

    @inlinable
    mutating func readElement<Element: Schema>(_ list: inout [Element], _ name: StaticString) throws(DecodingFailure) {
        let count = faultCount
        let element = try value(as: Element.self)
        if faultCount > count { place(count, inElementAfter: list.count, isLost: element == nil, of: name) }
        if let element { list.appendWithRoom(element) }
    }

    /// Reads one entry of a map. If a key occurs more than once, the last entry counts.
    @inlinable
    public mutating func read<Value: Schema>(_ map: inout [String: Value]?, _ name: StaticString) throws(DecodingFailure) {
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
        guard let key, MapKey.accepts(key) else { return refuseKey(since: count, of: name) }
        if value == nil, faultCount == count { value = zero(Value.self) }
        if faultCount > count { placeEntry(count, key, name) }
        if let value { map?[key] = value }
    }

    @usableFromInline
    mutating func placeEntry(_ count: Int, _ key: String, _ name: StaticString) {
        place(count, in: key)
        place(count, in: name)
    }

    /// Returns the value of an absent field, because proto3 omits zeros and empty values. Messages and enumerations have none.
    @inlinable
    func zero<Value: Schema>(_ type: Value.Type) -> Value? {
        switch Value.protobufKind {
        case .message, .enumeration: nil
        case .varint, .fixed64, .fixed32: withUnsafeBytes(of: UInt64(0)) { $0.withMemoryRebound(to: UInt8.self, Self.decode) }
        case .text, .box: Self.decode(from: UnsafeBufferPointer(start: nil, count: 0))
        }
    }

    @inlinable
    static func decode<Value: Schema>(from content: UnsafeBufferPointer<UInt8>) -> Value? {
        var reader = ProtobufReader(content)
        return try? Value.decode(from: &reader)
    }
}

/// Completes values once all fields have been read.
extension ProtobufReader {
    /// Gives an absent field the default of its type, or records that it is required.
    @inlinable
    public mutating func settle<Value: Schema>(_ value: inout Value?, _ name: StaticString) {
        if value == nil { settleAbsent(&value, name) }
    }

    /// Makes a list that did not occur an empty one, since both have the same encoding.
    @inlinable
    public mutating func settle<Element: Schema>(_ list: inout [Element]?, _ name: StaticString) {
        if list == nil { list = [] }
    }

    /// Makes a map that did not occur an empty one, since both have the same encoding.
    @inlinable
    public mutating func settle<Value: Schema>(_ map: inout [String: Value]?, _ name: StaticString) {
        if map == nil { map = [:] }
    }

    /// Gives an absent field its default value.
    @inlinable
    public mutating func settle<Value: Schema>(_ value: inout Value?, else fallback: @autoclosure () -> Value) {
        if value == nil { value = fallback() }
    }

    /// Makes an absent list empty, since both have the same encoding.
    @inlinable
    public mutating func settle<Element: Schema>(_ list: inout [Element]?, else fallback: @autoclosure () -> [Element]) {
        if list == nil { list = [] }
    }

    /// Makes a map that did not occur an empty one, since both have the same encoding.
    @inlinable
    public mutating func settle<Value: Schema>(_ map: inout [String: Value]?, else fallback: @autoclosure () -> [String: Value]) {
        if map == nil { map = [:] }
    }

    @inlinable
    mutating func settleAbsent<Value: Schema>(_ value: inout Value?, _ name: StaticString) {
        if faultCount > firstFault, hasFault(in: name) { return }
        value = zero(Value.self)
        if value == nil { fault("required", "is required", field: "\(name)") }
    }
}

extension ProtobufReader: FaultRecorder {
    /// Records a fault of a field of the message that is being read, or of the message itself if the name is empty.
    public mutating func fault(_ rule: String, _ message: String, at field: StaticString) {
        fault(rule, message, field: field.utf8CodeUnitCount == 0 ? nil : "\(field)")
    }

    /// Returns whether a field is a list in which elements are missing because of faults.
    public func isPartial(at field: StaticString) -> Bool { lost(of: field) > 0 }
}

/// Enums.
extension ProtobufReader {
    /// Records a number that is not a value of an enumeration; 0 stands for no value.
    public mutating func unknownWord<Word: Schema>(as type: Word.Type = Word.self) -> Word? {
        let mismatch = Word.schema.mismatch(pointer: "")
        fault(mismatch.rule, mismatch.message)
        return nil
    }

    /// Reads the message with the payload of a case.
    public mutating func payload<Value>(
        _ name: StaticString, _ read: (inout ProtobufReader) throws(DecodingFailure) -> Value?
    ) throws(DecodingFailure) -> Value? {
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

    /// Records a fault if none of the cases of a choice was present.
    public mutating func requireChoice(_ isMissing: Bool, since count: Int, of names: StaticString) {
        if isMissing, faultCount == count { fault("required", "must have one of \(names)") }
    }
}
