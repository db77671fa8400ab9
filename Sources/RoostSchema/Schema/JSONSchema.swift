/// A JSON Schema (draft 2020-12) as data, from which documents are made.
public indirect enum JSONSchema: Sendable {
    /// A value of a simple type: `string`, `integer`, `number` or `boolean`.
    case scalar(type: String, format: String?)
    case array(of: JSONSchema)
    /// An object whose keys are free.
    case dictionary(of: JSONSchema)
    /// A named list of words, one of which the value is.
    case words(name: String, description: String, [Word])
    /// A named object. Its fields are asked for only when a document is written, so that types may hold one another.
    case object(name: String, description: String, fields: @Sendable () -> [Field])
    /// A named choice: an object with exactly one of these fields.
    case choice(name: String, description: String, cases: @Sendable () -> [Field])
    case nullable(JSONSchema)
    /// Any value at all.
    case anything
    /// A schema and what else its values must keep.
    case constrained(JSONSchema, [Constraint])

    public struct Field: Sendable {
        public let name: String
        public let description: String
        public let schema: JSONSchema
        public let isRequired: Bool
        /// The field's number in Protocol Buffers; 0 for its place in the list, from 1.
        public internal(set) var number: Int

        /// Whether Protocol Buffers put a list or a value that may be missing into a message of its own: the field's type is a generic
        /// parameter, of which it can't know what it is, or a `Change`.
        public let isBoxed: Bool

        /// A value for documents to show.
        public let example: JSONValue?

        /// Whether new callers are to do without it.
        public let isDeprecated: Bool

        /// - Parameters:
        ///   - isRequired: whether it must be there.
        ///   - number: its number in Protocol Buffers; 0 for its place.
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

    public struct Word: Sendable {
        public let text: String
        public let description: String
        /// The value's number in Protocol Buffers.
        public let number: Int

        /// Whether it stands for the words that the type does not know.
        public let isUnknown: Bool

        public init(_ text: String, _ number: Int, description: String = "", isUnknown: Bool = false) {
            self.text = text
            self.number = number
            self.description = description
            self.isUnknown = isUnknown
        }
    }

    public enum Constraint: Sendable, Equatable {
        /// A keyword whose value is a number: `minimum`, `maxLength`, ….
        case number(keyword: String, value: Double)
        case format(String)
        /// A regular expression that finds a match in the text (ECMA-262).
        case pattern(String)
        /// No two items are the same.
        case uniqueItems
    }

    public static let string = scalar(type: "string", format: nil)
    public static let integer = scalar(type: "integer", format: nil)
    /// A whole number of a type's width and sign, as OpenAPI's format registry names them.
    public static func integer<Value: FixedWidthInteger>(of type: Value.Type) -> JSONSchema {
        scalar(type: "integer", format: "\(Value.isSigned ? "" : "u")int\(Value.bitWidth)")
    }
    /// A number that is exact in decimal.
    public static let decimal = scalar(type: "number", format: "decimal")
    public static let number = scalar(type: "number", format: nil)
    public static let boolean = scalar(type: "boolean", format: nil)
    /// Bytes, in base 64.
    public static let bytes = scalar(type: "string", format: "byte")
    public static let uuid = scalar(type: "string", format: "uuid")
    public static let dateTime = scalar(type: "string", format: "date-time")

    package var orNull: JSONSchema { if case .nullable = self { self } else { .nullable(self) } }
}

extension JSONSchema {
    public func length(_ bounds: Bounds<Int>) -> JSONSchema { constrained("minLength", "maxLength", bounds) }
    public func count(_ bounds: Bounds<Int>) -> JSONSchema {
        switch base {
        case .dictionary: constrained("minProperties", "maxProperties", bounds)
        // Four characters for each three bytes, or a part of three (RFC 4648 §4).
        case .scalar(_, "byte"?):
            adding([
                bounds.lower.map { .number(keyword: "minLength", value: Double(($0 + 2) / 3 * 4)) },
                bounds.upper.map { .number(keyword: "maxLength", value: Double(($0 / 3 + ($0 % 3 > 0 ? 1 : 0)) * 4)) },
            ])
        default: constrained("minItems", "maxItems", bounds)
        }
    }
    public func range(_ bounds: Bounds<Int>) -> JSONSchema { constrained("minimum", "maximum", bounds) }
    public func range(_ bounds: Bounds<Double>) -> JSONSchema {
        adding([bounds.lower.map { .number(keyword: "minimum", value: $0) }, bounds.upper.map { .number(keyword: "maximum", value: $0) }])
    }
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

    /// The fault of a text that is no such value.
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
    /// The type's name, or a word for what it is. Different types have different names.
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
