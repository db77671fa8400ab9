/// What a value is in Protocol Buffers.
public enum ProtobufKind: Sendable {
    /// A number or truth value of variable length.
    case varint
    case fixed64
    case fixed32
    /// A string, or bytes.
    case text
    /// The value of an enumeration; 0 is none of its values.
    case enumeration
    case message
    /// A list, a map or an optional value where Protocol Buffers have no place for one, as inside another: a message with the one field
    /// `value`.
    case box

    /// How the value's end is found.
    @inlinable public var wireType: ProtobufWireType {
        switch self {
        case .varint, .enumeration: .varint
        case .fixed64: .fixed64
        case .fixed32: .fixed32
        case .text, .message, .box: .delimited
        }
    }

    /// Whether lists of them are one field of all their contents (Protocol Buffers Encoding, "Packed Repeated Fields").
    @inlinable var isPacked: Bool { wireType != .delimited }
}

/// How the end of a field is found (Protocol Buffers Encoding, "Message Structure").
public enum ProtobufWireType: UInt8, Sendable {
    case varint = 0
    case fixed64 = 1
    case delimited = 2
    case groupStart = 3
    case groupEnd = 4
    case fixed32 = 5

    /// The type that a tag's lowest three bits tell.
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
