/// A type with raw values, such as a typed identifier, is encoded as its raw value: `@Schema struct ID: RawRepresentable { let rawValue:
/// UUID }`. A value that `init?(rawValue:)` refuses is a fault.
extension Schema where Self: RawRepresentable, RawValue: Schema {
    /// The schema of the raw value.
    public static var schema: JSONSchema { RawValue.schema }

    /// Reads the raw value. Records a fault with the rule `format` if `init?(rawValue:)` refuses it.
    public static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Self? {
        let start = json.position()
        guard let raw = try RawValue.decode(from: &json) else { return nil }
        if let value = Self(rawValue: raw) { return value }
        json.fault("format", "must be a valid \(Self.self)", at: start)
        return nil
    }

    /// Writes the raw value.
    public func encode(to json: inout JSONWriter) { rawValue.encode(to: &json) }

    /// The kind of the raw value.
    @inlinable public static var protobufKind: ProtobufKind { RawValue.protobufKind }

    /// Reads the raw value. Records a fault with the rule `format` if `init?(rawValue:)` refuses it.
    public static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Self? {
        guard let raw = try RawValue.decode(from: &message) else { return nil }
        if let value = Self(rawValue: raw) { return value }
        message.fault("format", "must be a valid \(Self.self)")
        return nil
    }

    /// Writes the raw value.
    public func encode(to message: inout ProtobufWriter) { rawValue.encode(to: &message) }

    /// Checks the raw value, and that `init?(rawValue:)` accepts it.
    @inlinable
    public func check(_ faults: inout FaultCollector) {
        let count = faults.list.count
        rawValue.check(&faults)
        if faults.list.count == count, case nil = Self(rawValue: rawValue) { faults.lose("format", "must be a valid \(Self.self)") }
    }
}

/// The same applies to parameters.
extension ParameterValue where Self: RawRepresentable, RawValue: ParameterValue {
    /// Reads the raw value, or returns `nil` if the text is not one or `init?(rawValue:)` refuses it.
    public init?(parameter: String) {
        guard let raw = RawValue(parameter: parameter) else { return nil }
        self.init(rawValue: raw)
    }

    /// The raw value as text.
    public var parameter: String { rawValue.parameter }

    /// The schema of the raw value.
    public static var parameterSchema: JSONSchema { RawValue.parameterSchema }
}
