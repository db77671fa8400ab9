/// JSON (RFC 8259) to and from values whose type is a schema.
public enum JSON {
    /// Decodes and validates.
    /// - Throws: `DecodingFailure.malformed` where the text is not JSON, `.invalid` with every fault where it breaks the schema.
    @inlinable
    public static func decode<Value: Schema>(_ type: Value.Type = Value.self, from bytes: [UInt8]) throws(DecodingFailure) -> Value {
        try bytes.withUnsafeBufferPointer { buffer throws(DecodingFailure) in try decode(Value.self, from: buffer) }
    }

    /// Decodes and validates the text of a buffer.
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

    /// Encodes without white space.
    @inlinable
    public static func encode(_ value: some Schema) -> [UInt8] {
        var writer = JSONWriter()
        value.encode(to: &writer)
        return writer.bytes
    }

    /// Encodes to text.
    public static func text(_ value: some Schema) -> String { String(decoding: encode(value), as: UTF8.self) }
}

extension JSONReader {
    @usableFromInline var hasFaults: Bool { !faults.isEmpty }

    /// The faults, each with its JSON pointer; fewer where their pointers are too long.
    @usableFromInline
    func located(in bytes: UnsafeBufferPointer<UInt8>) -> [Fault] {
        zip(faults, JSONPointerWalk.pointers(to: faults.map(\.offset), in: bytes)).compactMap { fault, pointer in
            pointer.map { Fault(pointer: $0 + fault.pointer, rule: fault.rule, message: fault.message) }
        }
    }
}
