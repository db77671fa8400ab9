/// A `.proto` file (proto3): the messages, the enumerations and the service of one contract.
///
/// Each contract's file stands for itself: what two contracts share, each has in its own package, and the only imports are those of
/// Protocol Buffers themselves.
public struct ProtoFile: Hashable, Sendable {
    /// The file's name: `orders.proto`.
    public let name: String
    public let package: String
    /// The files that it imports.
    public let imports: [String]
    /// What stands at its head.
    public let description: String
    public internal(set) var messages: [ProtoMessage]
    public internal(set) var enumerations: [ProtoEnumeration]
    public let service: ProtoService?
}

public struct ProtoMessage: Hashable, Sendable {
    public let name: String
    public let description: String
    public internal(set) var fields: [ProtoField]
    /// Whether at most one of the fields is there: they are the cases of a oneof.
    public let isChoice: Bool
    /// Numbers and names that fields had once.
    public internal(set) var reserved: [ProtoReservation] = []
}

public struct ProtoField: Hashable, Sendable {
    public enum Cardinality: Hashable, Sendable {
        /// One; of a scalar, zero or empty where it is left out.
        case single
        /// One or none.
        case optional
        case repeated
        /// Values by name.
        case map
    }

    public let name: String
    /// The name in JSON, which is the property's.
    public let jsonName: String
    public let number: Int
    public let cardinality: Cardinality
    public let type: ProtoType
    public let description: String
}

/// The type of a field, or of the values of a map.
public enum ProtoType: Hashable, Sendable {
    case double, float, int64, uint64, int32, uint32, bool, string, bytes
    /// A message of the same file, or one with its package before it.
    case message(String)
    case enumeration(String)
}

public struct ProtoEnumeration: Hashable, Sendable {
    public struct Value: Hashable, Sendable {
        public let name: String
        public let number: Int
        public let description: String
    }

    public let name: String
    public let description: String
    /// The first is number 0, which stands for none of the others.
    public let values: [Value]
    /// Numbers and names that values had once.
    public internal(set) var reserved: [ProtoReservation] = []
}

/// A number and a name that are not to be used again.
public struct ProtoReservation: Hashable, Sendable {
    public let number: Int
    public let name: String
}

public struct ProtoService: Hashable, Sendable {
    public struct Method: Hashable, Sendable {
        public let name: String
        public let description: String
        /// The names of the messages.
        public let request: String
        public let reply: String
        /// Whether the caller sends a stream, and whether the reply is one.
        public let streamsRequest: Bool
        public let streamsReply: Bool
    }

    public let name: String
    public let description: String
    public let methods: [Method]
}
