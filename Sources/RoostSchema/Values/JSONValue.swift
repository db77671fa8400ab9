/// Any JSON value: what is sent on without being looked into, such as the settings of another system.
///
/// Numbers are doubles, as most readers of JSON take them (RFC 8259 §6). In Protocol Buffers it is a `google.protobuf.Value`.
public indirect enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// Of a key that stands twice the last value counts.
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(Dictionary(elements) { $1 }) }
}

extension JSONValue: Schema {
    public static var schema: JSONSchema { .anything }

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
