extension String: Schema {
    public static var schema: JSONSchema { .string }
    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> String? { try json.readString() }
    public func encode(to json: inout JSONWriter) { json.string(self) }

    @inlinable public static var protobufKind: ProtobufKind { .text }
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> String? { try message.text() }
    public func encode(to message: inout ProtobufWriter) { message.text(self) }

    @inlinable
    public func check(_ faults: inout FaultCollector) {
        if hasNull { faults.lose(NullCharacter.rule, NullCharacter.message) }
    }
}

extension Bool: Schema {
    public static var schema: JSONSchema { .boolean }

    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Bool? {
        switch json.peek() {
        case UInt8(ascii: "t"):
            try json.expect("true")
            return true
        case UInt8(ascii: "f"):
            try json.expect("false")
            return false
        default:
            try json.mismatch("must be true or false")
            return nil
        }
    }

    public func encode(to json: inout JSONWriter) { json.literal(self ? "true" : "false") }

    @inlinable public static var protobufKind: ProtobufKind { .varint }
    @inlinable public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Bool? { try message.varint() != 0 }
    @inlinable public func encode(to message: inout ProtobufWriter) { message.varint(self ? 1 : 0) }
}

extension Schema where Self: FixedWidthInteger {
    public static var schema: JSONSchema { .integer(of: Self.self) }
    @inlinable public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Self? { try json.readInteger(Self.self) }
    @inlinable public func encode(to json: inout JSONWriter) { json.integer(self) }

    @inlinable public static var protobufKind: ProtobufKind { .varint }

    /// A negative number stands as its 64 bits in two's complement, whatever its own width.
    @inlinable
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Self? {
        let bits = try message.varint()
        let value = isSigned ? Self(exactly: Int64(bitPattern: bits)) : Self(exactly: bits)
        if value == nil { message.outOfRange(Self.self) }
        return value
    }

    @inlinable public func encode(to message: inout ProtobufWriter) { message.varint(UInt64(truncatingIfNeeded: self)) }
}

extension ProtobufReader {
    @usableFromInline
    mutating func outOfRange(_ type: (some FixedWidthInteger).Type) { fault("range", "must be from \(type.min) to \(type.max)") }
}

extension Int: Schema {}
extension Int8: Schema {}
extension Int16: Schema {}
extension Int32: Schema {}
extension Int64: Schema {}
extension UInt: Schema {}
extension UInt8: Schema {}
extension UInt16: Schema {}
extension UInt32: Schema {}
extension UInt64: Schema {}

extension Double: Schema {
    public static var schema: JSONSchema { .number }
    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Double? { try json.readDouble() }
    public func encode(to json: inout JSONWriter) { json.double(self) }

    @inlinable public static var protobufKind: ProtobufKind { .fixed64 }

    @inlinable
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Double? {
        message.finite(Double(bitPattern: try message.fixed64()))
    }

    @inlinable public func encode(to message: inout ProtobufWriter) { message.fixed64(bitPattern) }

    @inlinable
    public func check(_ faults: inout FaultCollector) {
        if !isFinite { faults.loseInfinite() }
    }
}

extension Float: Schema {
    public static var schema: JSONSchema { .scalar(type: "number", format: "float") }

    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Float? {
        let start = json.position()
        guard let double = try json.readDouble() else { return nil }
        let value = Float(double)
        guard value.isFinite else {
            json.fault("range", "is too large", at: start)
            return nil
        }
        return value
    }

    public func encode(to json: inout JSONWriter) {
        if isFinite { json.raw(description) } else { json.literal("null") }
    }

    @inlinable public static var protobufKind: ProtobufKind { .fixed32 }

    @inlinable
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Float? {
        message.finite(Float(bitPattern: try message.fixed32()))
    }

    @inlinable public func encode(to message: inout ProtobufWriter) { message.fixed32(bitPattern) }

    @inlinable
    public func check(_ faults: inout FaultCollector) {
        if !isFinite { faults.loseInfinite() }
    }
}

extension FaultCollector {
    @usableFromInline
    mutating func loseInfinite() { lose("range", "must be a finite number") }
}

extension ProtobufReader {
    /// JSON has no infinities and no NaN; what one wire refuses the other does too.
    @inlinable
    mutating func finite<Value: BinaryFloatingPoint>(_ value: Value) -> Value? {
        if value.isFinite { return value }
        fault("range", "must be a finite number")
        return nil
    }
}
