/// Encodes and decodes JSON (RFC 8259) for types with a schema.
public enum JSON {
    /// Decodes and validates a value.
    /// - Throws: `DecodingFailure.malformed` if the text is not JSON, or `.invalid` with every fault if it violates the schema.
    @inlinable
    public static func decode<Value: Schema>(_ type: Value.Type = Value.self, from bytes: [UInt8]) throws(DecodingFailure) -> Value {
        try bytes.withUnsafeBufferPointer { buffer throws(DecodingFailure) in try decode(Value.self, from: buffer) }
    }

    /// Decodes and validates a value from a buffer.
    @inlinable
    public static func decode<Value: Schema>(
        _ type: Value.Type = Value.self, from bytes: UnsafeBufferPointer<UInt8>
    ) throws(DecodingFailure) -> Value {
        var reader = JSONReader(bytes)
        let value = try Value.decode(from: &reader)
        try reader.expectEnd()
        if let value, !reader.hasFaults { return value }
        throw .invalid(reader.located(in: bytes))
    }

    /// Encodes a value without white space.
    @inlinable
    public static func encode(_ value: some Schema) -> [UInt8] {
        var writer = JSONWriter()
        value.encode(to: &writer)
        return writer.bytes
    }

    /// Encodes a value as text.
    public static func text(_ value: some Schema) -> String { String(decoding: encode(value), as: UTF8.self) }
}

extension JSONReader {
    @usableFromInline var hasFaults: Bool { !faults.isEmpty }

    /// The faults with their JSON pointers; fewer if the pointers are too long.
    @usableFromInline
    func located(in bytes: UnsafeBufferPointer<UInt8>) -> [Fault] {
        zip(faults, JSONPointerWalk.pointers(to: faults.map(\.offset), in: bytes)).compactMap { fault, pointer in
            pointer.map { Fault(pointer: $0 + fault.pointer, rule: fault.rule, message: fault.message) }
        }
    }
}
