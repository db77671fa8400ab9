/// Encoded as `google.protobuf.Value`, with the field numbers of `google/protobuf/struct.proto`.
extension JSONValue {
    /// Reads a `google.protobuf.Value`. Records a fault if none of its fields is set.
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> JSONValue? {
        var value: JSONValue?
        let faults = message.faultCount
        while let field = try message.nextField() {
            switch (field, message.wireType) {
            case (1, .varint):
                _ = try message.varint()
                value = .null
            case (2, .fixed64): value = try message.single("", as: Double.self).map { .number($0) }
            case (3, .delimited): value = try message.single("", as: String.self).map { .string($0) }
            case (4, .varint): value = .bool(try message.varint() != 0)
            // A struct and a list are messages with the field 1, just as a map and a list by themselves are here.
            case (5, .delimited): value = try message.single("", as: [String: JSONValue].self).map { .object($0) }
            case (6, .delimited): value = try message.single("", as: [JSONValue].self).map { .array($0) }
            default: try message.skip()
            }
        }
        if value == nil, message.faultCount == faults { message.fault("required", "must have a value") }
        return value
    }

    /// Writes a `google.protobuf.Value`.
    public func encode(to message: inout ProtobufWriter) {
        switch self {
        case .null:
            message.tag(1, .varint)
            message.varint(0)
        case .bool(let value): message.single(4, value)
        case .number(let value): message.single(2, value)
        case .string(let value): message.single(3, value)
        case .array(let values): message.single(6, values)
        case .object(let members): message.single(5, members)
        }
    }
}
