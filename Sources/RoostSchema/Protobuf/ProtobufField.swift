/// A field of a message of unknown type.
public struct ProtobufField: Hashable, Sendable {
    /// The undecoded content of a field.
    public enum Content: Hashable, Sendable {
        /// A number of variable or fixed length.
        case number(UInt64)
        /// A string, bytes, a message, or a packed list.
        case bytes([UInt8])
    }

    /// The field's number.
    public let number: Int
    /// The field's content.
    public let content: Content

    /// The content as text; `nil` if it is not text.
    public var text: String? {
        guard case .bytes(let bytes) = content else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The content as bytes, which is empty for a number.
    public var bytes: [UInt8] { if case .bytes(let bytes) = content { bytes } else { [] } }
}

extension Protobuf {
    /// Splits a message of unknown type into its fields. Groups are skipped.
    public static func fields(of message: [UInt8]) throws(DecodingFailure) -> [ProtobufField] {
        try message.withUnsafeBufferPointer { buffer throws(DecodingFailure) in
            var reader = ProtobufReader(buffer)
            var fields: [ProtobufField] = []
            while let number = try reader.nextField() {
                switch reader.wireType {
                case .varint: fields.append(ProtobufField(number: number, content: .number(try reader.varint())))
                case .fixed64: fields.append(ProtobufField(number: number, content: .number(try reader.fixed64())))
                case .fixed32: fields.append(ProtobufField(number: number, content: .number(UInt64(try reader.fixed32()))))
                case .delimited: fields.append(ProtobufField(number: number, content: .bytes(try reader.delimitedBytes())))
                case .groupStart, .groupEnd: try reader.skip()
                }
            }
            return fields
        }
    }
}
