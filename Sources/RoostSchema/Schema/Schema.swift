/// A type whose shape is known at compile time: what it is as JSON and as Protocol Buffers, how it is validated, and how documents
/// describe it.
///
/// Write `@Schema` on a struct or an enum rather than this conformance.
public protocol Schema: JSONCodable, ProtobufCodable {
    /// The type's JSON Schema (draft 2020-12), with what a `.proto` file needs beside it.
    static var schema: JSONSchema { get }

    /// Notes what a decoder would find wrong with the value, without encoding it; `FaultCollector.faults(in:)` asks for it.
    ///
    /// A type that does not say finds nothing.
    func check(_ faults: inout FaultCollector)
}

extension Schema {
    @inlinable public func check(_ faults: inout FaultCollector) {}
}

/// A value as JSON.
public protocol JSONCodable: Sendable {
    /// Reads a value.
    /// - Returns: `nil` where the text breaks a rule, which the reader has then noted.
    /// - Throws: where the text is not JSON.
    static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Self?

    /// Writes the value.
    func encode(to json: inout JSONWriter)
}

/// A value as Protocol Buffers: a scalar, an enumeration's value or a message.
public protocol ProtobufCodable: Sendable {
    /// What the value is on the wire.
    static var protobufKind: ProtobufKind { get }

    /// Reads a value's content, without its tag and length: of a message, its fields.
    /// - Returns: `nil` where the value breaks a rule, which the reader has then noted.
    /// - Throws: where the bytes are no message.
    static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Self?

    /// Writes the value's content.
    func encode(to message: inout ProtobufWriter)
}

extension ProtobufCodable {
    @inlinable public static var protobufKind: ProtobufKind { .message }
}
