/// Encodes and decodes Protocol Buffers (proto3) for types with a schema. A value that is not a message is field 1 of one.
public enum Protobuf {
    /// Decodes and validates a message.
    /// - Throws: `DecodingFailure.malformedMessage` if the bytes are not a message, or `.invalid` with every fault if it violates the
    ///   schema.
    @inlinable
    public static func decode<Value: Schema>(_ type: Value.Type = Value.self, from bytes: [UInt8]) throws(DecodingFailure) -> Value {
        try read(bytes) { reader throws(DecodingFailure) in
            Value.protobufKind.isWhole ? try Value.decode(from: &reader) : try reader.only(1, "value")
        }
    }

    /// Decodes and validates one field of a message, and skips the others.
    @inlinable
    package static func decode<Value: Schema>(
        field number: Int, named name: StaticString, of bytes: [UInt8]
    ) throws(DecodingFailure) -> Value {
        try read(bytes) { reader throws(DecodingFailure) in try reader.only(number, name) }
    }

    /// Encodes a message.
    @inlinable
    public static func encode(_ value: some Schema) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.message(value)
        return writer.bytes
    }

    @inlinable
    package static func read<Value>(
        _ bytes: [UInt8], _ body: (inout ProtobufReader) throws(DecodingFailure) -> Value?
    ) throws(DecodingFailure) -> Value {
        try bytes.withUnsafeBufferPointer { buffer throws(DecodingFailure) in
            var reader = ProtobufReader(buffer)
            let value = try body(&reader)
            if let value, reader.faultCount == 0 { return value }
            throw .invalid(reader.reported)
        }
    }
}

extension ProtobufKind {
    /// Whether values are whole messages by themselves.
    @inlinable var isWhole: Bool { self == .message || self == .box }
}

extension ProtobufWriter {
    @inlinable
    package mutating func message<Value: Schema>(_ value: Value) {
        if Value.protobufKind.isWhole { value.encode(to: &self) } else { field(1, value) }
    }
}

extension ProtobufReader {
    /// Reads one field of a message, and skips the others.
    @inlinable
    mutating func only<Value: Schema>(_ number: Int, _ name: StaticString) throws(DecodingFailure) -> Value? {
        var value: Value?
        while let field = try nextField() {
            if field == number { try read(&value, name) } else { try skip() }
        }
        settle(&value, name)
        return value
    }

    /// The faults. A fault of the whole value has an empty pointer.
    @usableFromInline package var reported: [Fault] { list.all }
}
