/// A JSON Schema (draft 2020-12) as data, from which documents are generated.
public indirect enum JSONSchema: Sendable {
    /// A value of a simple type: `string`, `integer`, `number` or `boolean`.
    case scalar(type: String, format: String?)
    /// An array whose items have this schema.
    case array(of: JSONSchema)
    /// An object with arbitrary keys.
    case dictionary(of: JSONSchema)
    /// A named enumeration of words.
    case words(name: String, description: String, [Word])
    /// A named object. Its fields are only requested when a document is written, so that types can be recursive.
    case object(name: String, description: String, fields: @Sendable () -> [Field])
    /// A named choice: an object with exactly one of these fields.
    case choice(name: String, description: String, cases: @Sendable () -> [Field])
    /// A value of this schema, or `null`.
    case nullable(JSONSchema)
    /// Any value.
    case anything
    /// A schema with further constraints on its values.
    case constrained(JSONSchema, [Constraint])

    /// A field of an object, or a case of a choice.
    public struct Field: Sendable {
        /// The field's key in JSON.
        public let name: String
        /// The purpose of the field, for documents; empty if the type's source does not tell.
        public let description: String
        /// The schema of the field's value.
        public let schema: JSONSchema
        /// Whether an object without the field is refused.
        public let isRequired: Bool
        /// The field's number in Protocol Buffers; 0 for its position, counted from 1.
        public internal(set) var number: Int

        /// Whether a list or an optional value is a message of its own in Protocol Buffers: the field's type is a generic parameter, which
        /// could be anything, or a `Change`.
        public let isBoxed: Bool

        /// An example of the value for documents.
        public let example: JSONValue?

        /// Whether new callers should not use the field.
        public let isDeprecated: Bool

        /// Creates a field.
        /// - Parameters:
        ///   - name: The field's key in JSON.
        ///   - schema: The schema of the field's value.
        ///   - isRequired: Whether an object without the field is refused.
        ///   - description: The purpose of the field, for documents.
        ///   - number: The field's number in Protocol Buffers; 0 for its position.
        ///   - isBoxed: Whether a list or an optional value is a message of its own in Protocol Buffers.
        ///   - example: An example of the value for documents.
        ///   - isDeprecated: Whether new callers should not use the field.
        public init(
            _ name: String, _ schema: JSONSchema, isRequired: Bool = true, description: String = "", number: Int = 0,
            isBoxed: Bool = false, example: JSONValue? = nil, isDeprecated: Bool = false
        ) {
            self.name = name
            self.schema = schema
            self.isRequired = isRequired
            self.description = description
            self.number = number
            self.isBoxed = isBoxed
            self.example = example
            self.isDeprecated = isDeprecated
        }
    }

    /// One of the values of an enumeration.
    public struct Word: Sendable {
        /// The value in JSON.
        public let text: String
        /// The meaning of the value, for documents.
        public let description: String
        /// The value's number in Protocol Buffers.
        public let number: Int

        /// Whether it stands for every value that the type does not know.
        public let isUnknown: Bool

        /// Creates a value of an enumeration.
        /// - Parameters:
        ///   - text: The value in JSON.
        ///   - number: The value's number in Protocol Buffers.
        ///   - description: The meaning of the value.
        ///   - isUnknown: Whether the case stands for every value that the type does not know.
        public init(_ text: String, _ number: Int, description: String = "", isUnknown: Bool = false) {
            self.text = text
            self.number = number
            self.description = description
            self.isUnknown = isUnknown
        }
    }

    /// A rule that values must keep in addition to their type.
    public enum Constraint: Sendable, Equatable {
        /// A keyword whose value is a number: `minimum`, `maxLength`, ….
        case number(keyword: String, value: Double)
        /// What text must look like, such as `email`.
        case format(String)
        /// A regular expression that matches in the text (ECMA-262).
        case pattern(String)
        /// No two items are equal.
        case uniqueItems
    }

    /// Any text.
    public static let string = scalar(type: "string", format: nil)
    /// A whole number of any size.
    public static let integer = scalar(type: "integer", format: nil)
    /// Returns the schema of a whole number with a type's width and sign, with the format names of OpenAPI's registry.
    public static func integer<Value: FixedWidthInteger>(of type: Value.Type) -> JSONSchema {
        scalar(type: "integer", format: "\(Value.isSigned ? "" : "u")int\(Value.bitWidth)")
    }
    /// A number that is exact in decimal.
    public static let decimal = scalar(type: "number", format: "decimal")
    /// A floating-point number.
    public static let number = scalar(type: "number", format: nil)
    /// `true` or `false`.
    public static let boolean = scalar(type: "boolean", format: nil)
    /// Bytes in base64.
    public static let bytes = scalar(type: "string", format: "byte")
    /// A UUID as text (RFC 9562).
    public static let uuid = scalar(type: "string", format: "uuid")
    /// A date and a time as text (RFC 3339).
    public static let dateTime = scalar(type: "string", format: "date-time")

    package var orNull: JSONSchema { if case .nullable = self { self } else { .nullable(self) } }
}

extension JSONSchema {
    /// Returns the schema with bounds for the number of characters (Unicode scalar values).
    public func length(_ bounds: Bounds<Int>) -> JSONSchema { constrained("minLength", "maxLength", bounds) }
    /// Returns the schema with bounds for the number of items of an array, entries of an object, or bytes in base64.
    public func count(_ bounds: Bounds<Int>) -> JSONSchema {
        switch base {
        case .dictionary: constrained("minProperties", "maxProperties", bounds)
        // Four characters for every three bytes or part of them (RFC 4648 §4).
        case .scalar(_, "byte"?):
            adding([
                bounds.lower.map { .number(keyword: "minLength", value: Double(($0 + 2) / 3 * 4)) },
                bounds.upper.map { .number(keyword: "maxLength", value: Double(($0 / 3 + ($0 % 3 > 0 ? 1 : 0)) * 4)) },
            ])
        default: constrained("minItems", "maxItems", bounds)
        }
    }
    /// Returns the schema with bounds for a whole number.
    public func range(_ bounds: Bounds<Int>) -> JSONSchema { constrained("minimum", "maximum", bounds) }
    /// Returns the schema with bounds for a number.
    public func range(_ bounds: Bounds<Double>) -> JSONSchema {
        adding([bounds.lower.map { .number(keyword: "minimum", value: $0) }, bounds.upper.map { .number(keyword: "maximum", value: $0) }])
    }
    /// Returns the schema with a format for its text.
    public func format(_ format: Format) -> JSONSchema {
        adding([.format(format.name), format.pattern.map { .pattern($0) }])
    }

    private func constrained(_ lower: String, _ upper: String, _ bounds: Bounds<Int>) -> JSONSchema {
        adding([
            bounds.lower.map { .number(keyword: lower, value: Double($0)) },
            bounds.upper.map { .number(keyword: upper, value: Double($0)) },
        ])
    }

    func adding(_ constraints: [Constraint?]) -> JSONSchema {
        let added = constraints.compactMap(\.self)
        return switch self {
        case .constrained(let schema, let already): .constrained(schema, already + added)
        case .nullable(let schema): .nullable(schema.adding(constraints))
        default: .constrained(self, added)
        }
    }

    private var base: JSONSchema {
        switch self {
        case .constrained(let schema, _), .nullable(let schema): schema.base
        default: self
        }
    }

    /// Returns the fault of a text that is not such a value.
    func mismatch(pointer: String) -> Fault {
        switch base {
        case .scalar(_, "uuid"?): Fault(pointer: pointer, rule: "format", message: "must be a UUID")
        case .scalar(_, "date-time"?): Fault(pointer: pointer, rule: "format", message: "must be an RFC 3339 date and time")
        case .scalar("integer", _): Fault(pointer: pointer, rule: rangeRule, message: rangeWords ?? "must be a whole number")
        case .scalar("boolean", _): Fault(pointer: pointer, rule: "type", message: "must be true or false")
        case .scalar("string", let format?): Fault(pointer: pointer, rule: "format", message: "must be a \(format)")
        case .words(_, _, let words):
            Fault(pointer: pointer, rule: "enum", message: "must be one of \(words.map(\.text).joined(separator: ", "))")
        default: Fault(pointer: pointer, rule: "type", message: "must be a \(typeName)")
        }
    }

    private var typeName: String { if case .scalar(let type, _) = base { type } else { "value" } }

    private var rangeRule: String { rangeWords == nil ? "type" : "range" }

    private var rangeWords: String? {
        guard case .constrained(_, let constraints) = self else { return nil }
        var lower: Int?, upper: Int?
        for case .number(let keyword, let value) in constraints {
            if keyword == "minimum" { lower = Int(exactly: value) }
            if keyword == "maximum" { upper = Int(exactly: value) }
        }
        guard let lower, let upper else { return nil }
        return "must be from \(lower) to \(upper)"
    }
}

extension JSONSchema {
    /// The name of the type, or a word for it. Different types have different names.
    public var name: String {
        switch self {
        case .scalar("integer", "int64"?): "Integer"
        case .scalar("string", "uuid"?): "UUID"
        case .scalar("string", "date-time"?): "DateTime"
        case .scalar(_, let format?): format.prefix(1).uppercased() + format.dropFirst()
        case .object(let name, _, _), .choice(let name, _, _), .words(let name, _, _): name
        case .scalar(let type, _): type.prefix(1).uppercased() + type.dropFirst()
        case .array(let element): "ListOf" + element.name
        case .dictionary(let value): "MapOf" + value.name
        case .nullable(let schema): "Optional" + schema.name
        case .anything: "Value"
        case .constrained(let schema, _): schema.name
        }
    }
}
