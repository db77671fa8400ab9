/// The number of a type in the server's catalogue. Those below 10,000 are the same on every server (`pg_type.dat`).
struct OID: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// To be inferred by the server.
    static let undeclared = OID(0)
    static let bool = OID(16)
    static let bytea = OID(17)
    static let name = OID(19)
    static let int8 = OID(20)
    static let int2 = OID(21)
    static let int4 = OID(23)
    static let text = OID(25)
    static let oid = OID(26)
    static let json = OID(114)
    static let float4 = OID(700)
    static let float8 = OID(701)
    static let unknown = OID(705)
    static let bpchar = OID(1042)
    static let varchar = OID(1043)
    static let date = OID(1082)
    static let timestamp = OID(1114)
    static let timestamptz = OID(1184)
    static let numeric = OID(1700)
    static let uuid = OID(2950)
    static let jsonb = OID(3802)

    /// Whether values are the bytes of a text.
    var isText: Bool {
        switch self {
        case .text, .varchar, .bpchar, .name, .unknown: true
        default: false
        }
    }

    /// Whether values are numbers in a binary format that the driver writes. `numeric` travels as text.
    var isNumber: Bool {
        switch self {
        case .int2, .int4, .int8, .oid, .float4, .float8: true
        default: false
        }
    }

    /// Whether values are microseconds since 2000.
    var isTimestamp: Bool { self == .timestamp || self == .timestamptz }

    /// Whether results are asked for in the binary format. All other types come as text, which the server can write of each.
    var isReadAsBinary: Bool {
        switch self {
        case .bool, .bytea, .int8, .int2, .int4, .text, .oid, .json, .float4, .float8, .bpchar, .varchar, .name, .timestamp, .timestamptz,
            .uuid, .jsonb:
            true
        default: false
        }
    }
}
