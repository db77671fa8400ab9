/// A type with raw values, such as a typed identifier, travels as its raw value does:
/// `@Schema struct ID: RawRepresentable { let rawValue: UUID }`. What `init?(rawValue:)` refuses is a fault.
extension Schema where Self: RawRepresentable, RawValue: Schema {
    public static var schema: JSONSchema { RawValue.schema }

    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Self? {
        let start = json.position()
        guard let raw = try RawValue.decode(from: &json) else { return nil }
        if let value = Self(rawValue: raw) { return value }
        json.fault("format", "must be a valid \(Self.self)", at: start)
        return nil
    }

    public func encode(to json: inout JSONWriter) { rawValue.encode(to: &json) }

    @inlinable public static var protobufKind: ProtobufKind { RawValue.protobufKind }

    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Self? {
        guard let raw = try RawValue.decode(from: &message) else { return nil }
        if let value = Self(rawValue: raw) { return value }
        message.fault("format", "must be a valid \(Self.self)")
        return nil
    }

    public func encode(to message: inout ProtobufWriter) { rawValue.encode(to: &message) }

    @inlinable
    public func check(_ faults: inout FaultCollector) {
        let count = faults.list.count
        rawValue.check(&faults)
        if faults.list.count == count, case nil = Self(rawValue: rawValue) { faults.lose("format", "must be a valid \(Self.self)") }
    }
}

/// In a path or a query too.
extension ParameterValue where Self: RawRepresentable, RawValue: ParameterValue {
    public init?(parameter: String) {
        guard let raw = RawValue(parameter: parameter) else { return nil }
        self.init(rawValue: raw)
    }

    public var parameter: String { rawValue.parameter }

    public static var parameterSchema: JSONSchema { RawValue.parameterSchema }
}
