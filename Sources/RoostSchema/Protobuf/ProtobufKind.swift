/// The representation of a value in Protocol Buffers.
public enum ProtobufKind: Sendable {
    /// A number or a boolean of variable length.
    case varint
    /// A number of eight bytes.
    case fixed64
    /// A number of four bytes.
    case fixed32
    /// A string, or bytes.
    case text
    /// The value of an enumeration. 0 stands for no value.
    case enumeration
    /// A message with the value's fields.
    case message
    /// A list, a map or an optional value in a place where Protocol Buffers do not allow one, such as inside another: a message with the
    /// field `value`.
    case box

    /// How the end of the value is determined.
    @inlinable public var wireType: ProtobufWireType {
        switch self {
        case .varint, .enumeration: .varint
        case .fixed64: .fixed64
        case .fixed32: .fixed32
        case .text, .message, .box: .delimited
        }
    }

    /// Whether a list of such values is one field with all of them (Protocol Buffers Encoding, "Packed Repeated Fields").
    @inlinable var isPacked: Bool { wireType != .delimited }
}

/// How the end of a field is determined (Protocol Buffers Encoding, "Message Structure").
public enum ProtobufWireType: UInt8, Sendable {
    /// A number of variable length.
    case varint = 0
    /// Eight bytes.
    case fixed64 = 1
    /// A length, and as many bytes.
    case delimited = 2
    /// The start of a group, which proto3 no longer has.
    case groupStart = 3
    /// The end of a group, which proto3 no longer has.
    case groupEnd = 4
    /// Four bytes.
    case fixed32 = 5

    /// Creates the type from the lowest three bits of a tag.
    @inlinable
    init?(tag: UInt64) {
        switch tag & 7 {
        case 0: self = .varint
        case 1: self = .fixed64
        case 2: self = .delimited
        case 3: self = .groupStart
        case 4: self = .groupEnd
        case 5: self = .fixed32
        default: return nil
        }
    }
}
