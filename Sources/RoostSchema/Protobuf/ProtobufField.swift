/// A field of a message whose type is not known here.
public struct ProtobufField: Hashable, Sendable {
    public enum Content: Hashable, Sendable {
        /// A number of variable or fixed length.
        case number(UInt64)
        /// A string, bytes, a message, or a packed list.
        case bytes([UInt8])
    }

    public let number: Int
    public let content: Content

    /// The content as text; `nil` where it is none.
    public var text: String? {
        guard case .bytes(let bytes) = content else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The content's bytes; none of a number.
    public var bytes: [UInt8] { if case .bytes(let bytes) = content { bytes } else { [] } }
}

extension Protobuf {
    /// Takes a message apart without knowing its type. Groups are passed over.
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
