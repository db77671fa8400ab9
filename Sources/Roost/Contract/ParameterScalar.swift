/// How a parameter, or each value of a list, is encoded in Protocol Buffers: a whole number, a number or a boolean in its own type, and
/// anything else as its text in a URL.
public enum ParameterScalar: Sendable {
    /// A whole number.
    case integer
    /// A number.
    case number
    /// A boolean.
    case boolean
    /// Anything else, as its text in a URL.
    case text

    /// Creates the encoding for a parameter's schema.
    public init(of schema: JSONSchema) {
        switch schema {
        case .scalar("integer", _): self = .integer
        case .scalar("number", _): self = .number
        case .scalar("boolean", _): self = .boolean
        case .constrained(let schema, _), .nullable(let schema), .array(of: let schema): self.init(of: schema)
        default: self = .text
        }
    }

    /// The text of a required parameter that proto3 left out because it has its default value.
    package var absent: String {
        switch self {
        case .integer, .number: "0"
        case .boolean: "false"
        case .text: ""
        }
    }

    /// Reads a parameter as text. Returns `nil` if it has another type or breaks a rule; the reader has recorded the fault then.
    package func read(from reader: inout ProtobufReader) throws(DecodingFailure) -> String? {
        switch self {
        case .integer: try reader.parameter(Int64.self)?.description
        case .number: try reader.parameter(Double.self)?.description
        case .boolean: try reader.parameter(Bool.self)?.description
        case .text: try reader.parameter(String.self)
        }
    }

    /// Reads the values of a parameter that is a list, as far as it may have more, and appends them as texts.
    package func read(_ texts: inout [ParameterText], from reader: inout ProtobufReader) throws(DecodingFailure) {
        guard texts.count <= ParameterList.limit else { return try reader.skip() }
        switch self {
        case .integer: try reader.list(of: Int64.self, &texts)
        case .number: try reader.list(of: Double.self, &texts)
        case .boolean: try reader.list(of: Bool.self, &texts)
        case .text: try reader.list(of: String.self, &texts)
        }
    }

    /// Writes a parameter that is given as text.
    package func write(_ text: String, as number: Int, to writer: inout ProtobufWriter) {
        switch self {
        case .integer: if let value = Int64(text) { writer.present(number, value) }
        case .number: if let value = Double(text) { writer.present(number, value) }
        case .boolean: writer.present(number, text == "true")
        case .text: writer.present(number, text)
        }
    }
}

extension ProtobufReader {
    fileprivate mutating func parameter<Value: Schema>(_ type: Value.Type) throws(DecodingFailure) -> Value? {
        var value: Value?
        try read(&value, "")
        return value
    }

    fileprivate mutating func list<Value: Schema & CustomStringConvertible>(
        of type: Value.Type, _ texts: inout [ParameterText]
    ) throws(DecodingFailure) {
        try elements(as: Value.self) { value, fault in
            if let value, fault == nil { texts.append(.text(value.description)) }
            if let fault { texts.append(.refused(rule: fault.rule, message: fault.message)) }
            return texts.count <= ParameterList.limit
        }
    }
}
