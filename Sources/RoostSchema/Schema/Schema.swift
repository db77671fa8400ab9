/// A type whose structure is known at compile time: its JSON and Protocol Buffers encodings, its validation and its documentation.
///
/// Write `@Schema` on a struct or an enum instead of this conformance.
public protocol Schema: JSONCodable, ProtobufCodable {
    /// The type's JSON Schema (draft 2020-12), with additional data for a `.proto` file.
    static var schema: JSONSchema { get }

    /// Records the faults that a decoder would find in the value, without encoding it; called by `FaultCollector.faults(in:)`.
    ///
    /// The default implementation finds no faults.
    func check(_ faults: inout FaultCollector)
}

extension Schema {
    /// Finds no faults.
    @inlinable public func check(_ faults: inout FaultCollector) {}
}

/// A value that can be encoded as JSON.
public protocol JSONCodable: Sendable {
    /// Reads a value.
    /// - Returns: `nil` after recording a fault, if the text violates a rule.
    /// - Throws: A `DecodingFailure` if the text is not JSON.
    static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Self?

    /// Writes the value.
    func encode(to json: inout JSONWriter)
}

/// A value that can be encoded in Protocol Buffers: a scalar, a value of an enumeration or a message.
public protocol ProtobufCodable: Sendable {
    /// The representation of the value.
    static var protobufKind: ProtobufKind { get }

    /// Reads the content of a value, without its tag and length; for a message, its fields.
    /// - Returns: `nil` after recording a fault, if the value violates a rule.
    /// - Throws: A `DecodingFailure` if the bytes are not a message.
    static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Self?

    /// Writes the content of the value.
    func encode(to message: inout ProtobufWriter)
}

extension ProtobufCodable {
    /// A message.
    @inlinable public static var protobufKind: ProtobufKind { .message }
}
