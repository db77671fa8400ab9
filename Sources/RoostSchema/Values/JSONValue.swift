/// Any JSON value, for data that is passed on without being interpreted, such as the settings of another system.
///
/// Numbers are doubles, as for most readers of JSON (RFC 8259 §6). In Protocol Buffers it is a `google.protobuf.Value`.
public indirect enum JSONValue: Hashable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number.
    case number(Double)
    /// Text.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object. The order of its members is not kept.
    case object([String: JSONValue])
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Creates `null`.
    public init(nilLiteral: ()) { self = .null }
    /// Creates a boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Creates a number.
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    /// Creates a number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// Creates a string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// Creates an array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// Creates an object. If a key occurs twice, the last value applies.
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(Dictionary(elements) { $1 }) }
}

extension JSONValue: Schema {
    /// Any value.
    public static var schema: JSONSchema { .anything }

    /// Reads any value.
    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> JSONValue? {
        switch json.peek() {
        case UInt8(ascii: "{"): return try [String: JSONValue].decode(from: &json).map { .object($0) }
        case UInt8(ascii: "["): return try [JSONValue].decode(from: &json).map { .array($0) }
        case UInt8(ascii: "\""): return try json.readString().map { .string($0) }
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return try Bool.decode(from: &json).map { .bool($0) }
        case UInt8(ascii: "n"): return try json.takeNull() ? .null : nil
        default: return try json.readDouble().map { .number($0) }
        }
    }

    /// Writes the value.
    public func encode(to json: inout JSONWriter) {
        switch self {
        case .null: json.literal("null")
        case .bool(let value): value.encode(to: &json)
        case .number(let value): value.encode(to: &json)
        case .string(let value): value.encode(to: &json)
        case .array(let values): values.encode(to: &json)
        case .object(let members): members.encode(to: &json)
        }
    }

    /// Finds the faults of all numbers and strings in the value.
    public func check(_ faults: inout FaultCollector) {
        switch self {
        case .null, .bool: break
        case .number(let value): value.check(&faults)
        case .string(let value): value.check(&faults)
        case .array(let values): values.check(&faults)
        case .object(let members): members.check(&faults)
        }
    }
}
