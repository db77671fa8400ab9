extension String: Schema {
    /// Any text.
    public static var schema: JSONSchema { .string }
    /// Reads a string.
    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> String? { try json.readString() }
    /// Writes a string.
    public func encode(to json: inout JSONWriter) { json.string(self) }

    /// A string.
    @inlinable public static var protobufKind: ProtobufKind { .text }
    /// Reads text in UTF-8.
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> String? { try message.text() }
    /// Writes the text in UTF-8.
    public func encode(to message: inout ProtobufWriter) { message.text(self) }

    /// Finds a fault in text that contains U+0000, which some databases cannot store.
    @inlinable
    public func check(_ faults: inout FaultCollector) {
        if hasNull { faults.lose(NullCharacter.rule, NullCharacter.message) }
    }
}

extension Bool: Schema {
    /// `true` or `false`.
    public static var schema: JSONSchema { .boolean }

    /// Reads `true` or `false`.
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

    /// Writes `true` or `false`.
    public func encode(to json: inout JSONWriter) { json.literal(self ? "true" : "false") }

    /// A number of variable length.
    @inlinable public static var protobufKind: ProtobufKind { .varint }
    /// Reads a number; any but zero is `true`.
    @inlinable public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Bool? { try message.varint() != 0 }
    /// Writes 1 or 0.
    @inlinable public func encode(to message: inout ProtobufWriter) { message.varint(self ? 1 : 0) }
}

extension Schema where Self: FixedWidthInteger {
    /// A whole number of the type's width and sign.
    public static var schema: JSONSchema { .integer(of: Self.self) }
    /// Reads a whole number. Records a fault if the type cannot hold it.
    @inlinable public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Self? { try json.readInteger(Self.self) }
    /// Writes the number in decimal digits.
    @inlinable public func encode(to json: inout JSONWriter) { json.integer(self) }

    /// A number of variable length.
    @inlinable public static var protobufKind: ProtobufKind { .varint }

    /// Reads a number. A negative one has its 64 bits in two's complement, whatever its own width.
    @inlinable
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Self? {
        let bits = try message.varint()
        let value = isSigned ? Self(exactly: Int64(bitPattern: bits)) : Self(exactly: bits)
        if value == nil { message.outOfRange(Self.self) }
        return value
    }

    /// Writes the number; a negative one takes ten bytes, as in `int64`.
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
    /// A number.
    public static var schema: JSONSchema { .number }
    /// Reads a number.
    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Double? { try json.readDouble() }
    /// Writes the shortest text that reads back as the same number; `null` for one that is not finite.
    public func encode(to json: inout JSONWriter) { json.double(self) }

    /// Eight bytes.
    @inlinable public static var protobufKind: ProtobufKind { .fixed64 }

    /// Reads eight bytes as an IEEE 754 number.
    @inlinable
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Double? {
        message.finite(Double(bitPattern: try message.fixed64()))
    }

    /// Writes the number as eight bytes.
    @inlinable public func encode(to message: inout ProtobufWriter) { message.fixed64(bitPattern) }

    /// Finds a fault in a number that is not finite, which JSON cannot hold.
    @inlinable
    public func check(_ faults: inout FaultCollector) {
        if !isFinite { faults.loseInfinite() }
    }
}

extension Float: Schema {
    /// A number in the format `float`.
    public static var schema: JSONSchema { .scalar(type: "number", format: "float") }

    /// Reads a number. Records a fault if it is too large for the type.
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

    /// Writes the shortest text that reads back as the same number; `null` for one that is not finite.
    public func encode(to json: inout JSONWriter) {
        if isFinite { json.raw(description) } else { json.literal("null") }
    }

    /// Four bytes.
    @inlinable public static var protobufKind: ProtobufKind { .fixed32 }

    /// Reads four bytes as an IEEE 754 number.
    @inlinable
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Float? {
        message.finite(Float(bitPattern: try message.fixed32()))
    }

    /// Writes the number as four bytes.
    @inlinable public func encode(to message: inout ProtobufWriter) { message.fixed32(bitPattern) }

    /// Finds a fault in a number that is not finite, which JSON cannot hold.
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
    /// Returns the number if it is finite. JSON has neither infinities nor NaN, so they are refused in Protocol Buffers too.
    @inlinable
    mutating func finite<Value: BinaryFloatingPoint>(_ value: Value) -> Value? {
        if value.isFinite { return value }
        fault("range", "must be a finite number")
        return nil
    }
}
