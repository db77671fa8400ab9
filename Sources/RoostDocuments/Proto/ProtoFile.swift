/// A `.proto` file (proto3) with the messages, the enumerations and the service of one contract.
///
/// Each file is self-contained. Types that two contracts share are declared in the package of each, and only well-known types are imported.
public struct ProtoFile: Hashable, Sendable {
    /// The name of the file, such as `orders.proto`.
    public let name: String
    /// The package of its types, such as `orders`.
    public let package: String
    /// The names of the imported files.
    public let imports: [String]
    /// The comment at the top.
    public let description: String
    /// The messages, in the order of the file.
    public internal(set) var messages: [ProtoMessage]
    /// The enumerations, in the order of the file.
    public internal(set) var enumerations: [ProtoEnumeration]
    /// The service, which well-known files do not have.
    public let service: ProtoService?
}

/// A message of a `.proto` file.
public struct ProtoMessage: Hashable, Sendable {
    /// The name without the package.
    public let name: String
    /// The comment, which may be empty.
    public let description: String
    /// The fields, in the order of the file.
    public internal(set) var fields: [ProtoField]
    /// Whether the fields are the cases of a oneof, of which at most one is set.
    public let isChoice: Bool
    /// The numbers and names of removed fields.
    public internal(set) var reserved: [ProtoReservation] = []
    /// The name of the oneof, if the toolkit does not choose it.
    var oneofName: String?
}

/// A field of a message.
public struct ProtoField: Hashable, Sendable {
    /// How many values a field has.
    public enum Cardinality: Hashable, Sendable {
        /// One. A scalar that is left out is zero or empty.
        case single
        /// One or none.
        case optional
        /// A list.
        case repeated
        /// A map with string keys.
        case map
    }

    /// The name in snake case.
    public let name: String
    /// The name in JSON, which is the name of the property.
    public let jsonName: String
    /// The number on the wire.
    public let number: Int
    /// How many values the field has.
    public let cardinality: Cardinality
    /// The type of the field, or of the values of a list or a map.
    public let type: ProtoType
    /// The comment, which may be empty.
    public let description: String
    /// Whether new callers are to do without it.
    public var isDeprecated = false
}

/// The type of a field, or of the values of a map.
public enum ProtoType: Hashable, Sendable {
    /// A scalar type of the same name.
    case double, float, int64, uint64, int32, uint32, bool, string, bytes
    /// A message of the same file, or one with its package before it.
    case message(String)
    /// An enumeration of the same file.
    case enumeration(String)
}

/// An enumeration of a `.proto` file.
public struct ProtoEnumeration: Hashable, Sendable {
    /// A value of an enumeration.
    public struct Value: Hashable, Sendable {
        /// The name, which begins with the enumeration's name.
        public let name: String
        /// The number on the wire.
        public let number: Int
        /// The comment, which may be empty.
        public let description: String
    }

    /// The name without the package.
    public let name: String
    /// The comment, which may be empty.
    public let description: String
    /// The values. The first has the number 0 and means that none of the others is set.
    public let values: [Value]
    /// The numbers and names of removed values.
    public internal(set) var reserved: [ProtoReservation] = []
}

/// A number and a name that must not be used again.
public struct ProtoReservation: Hashable, Sendable {
    /// The number on the wire.
    public let number: Int
    /// The name.
    public let name: String
}

/// A gRPC service of a `.proto` file.
public struct ProtoService: Hashable, Sendable {
    /// A method of a service.
    public struct Method: Hashable, Sendable {
        /// The name, such as `Place`.
        public let name: String
        /// The comment, which may be empty.
        public let description: String
        /// The name of the request message.
        public let request: String
        /// The name of the response message.
        public let reply: String
        /// Whether the client sends a stream of requests.
        public let streamsRequest: Bool
        /// Whether the server sends a stream of responses.
        public let streamsReply: Bool
    }

    /// The name without the package, such as `Orders`.
    public let name: String
    /// The comment, which may be empty.
    public let description: String
    /// The methods, in the order of the contract.
    public let methods: [Method]
}
