/// What a parameter is in a message of Protocol Buffers: a whole number, a number or a truth value as such, all else the text that stands
/// in a URL.
public enum ParameterScalar: Sendable {
    case integer, number, boolean, text

    /// - Parameter schema: the parameter's.
    public init(of schema: JSONSchema) {
        switch schema {
        case .scalar("integer", _): self = .integer
        case .scalar("number", _): self = .number
        case .scalar("boolean", _): self = .boolean
        case .constrained(let schema, _), .nullable(let schema): self.init(of: schema)
        default: self = .text
        }
    }

    /// The text of a parameter that must be there and that proto3 left out.
    package var absent: String {
        switch self {
        case .integer, .number: "0"
        case .boolean: "false"
        case .text: ""
        }
    }

    /// Reads a parameter as text; `nil` where it is of another type, or breaks a rule, which the reader has then noted.
    package func read(from reader: inout ProtobufReader) throws(DecodingFailure) -> String? {
        switch self {
        case .integer: try reader.parameter(Int64.self)?.description
        case .number: try reader.parameter(Double.self)?.description
        case .boolean: try reader.parameter(Bool.self)?.description
        case .text: try reader.parameter(String.self)
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
}
