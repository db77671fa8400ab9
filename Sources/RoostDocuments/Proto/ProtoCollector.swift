import Roost

/// Collects the messages and enumerations that schemas need.
struct ProtoCollector {
    private(set) var messages: [ProtoMessage] = []
    private(set) var enumerations: [ProtoEnumeration] = []
    private(set) var imports: Set<String> = []
    private var names = ProtoNames()
    /// The names of the collected types by their signature.
    private var known: [String: String] = [:]

    /// - Parameter service: The name of the service, which no message may have.
    init(service: String) { _ = names.claim(service) }

    /// Returns the type of a single value.
    mutating func type(of schema: JSONSchema) -> ProtoType {
        switch schema {
        case .scalar("string", "date-time"?):
            imports.insert(ProtoFile.timestamp.name)
            return .message(ProtoFile.timestampName)
        case .anything:
            imports.insert(ProtoFile.structure.name)
            return .message(ProtoFile.valueName)
        case .scalar(let type, let format): return Self.scalar(type, format)
        case .constrained(let schema, _): return type(of: schema)
        case .words(let name, let description, let words): return .enumeration(enumeration(name, description, words))
        case .object(let name, let description, let fields): return .message(message(name, description, fields()))
        case .choice(let name, let description, let cases):
            return .message(message(name, description, cases(), isChoice: true))
        case .array, .dictionary, .nullable: return .message(box(of: schema))
        }
    }

    /// Collects the named types of a schema.
    mutating func collect(_ schema: JSONSchema) {
        switch schema {
        case .array(let inner), .dictionary(let inner), .nullable(let inner), .constrained(let inner, _): collect(inner)
        case .scalar, .anything: break
        case .words, .object, .choice: _ = type(of: schema)
        }
    }

    /// Returns the name of a value's message. A value that is not a message by itself is wrapped in one with a single field.
    mutating func message(of schema: JSONSchema, or wrapper: String, _ field: String) -> String {
        if schema.isMessage, case .message(let name) = type(of: schema) { return name }
        return add(wrapper, "", [JSONSchema.Field(field, schema, number: 1)])
    }

    /// Returns the name of `google.protobuf.Empty`, and imports it.
    mutating func empty() -> String {
        imports.insert(ProtoFile.empty.name)
        return ProtoFile.emptyName
    }

    /// Adds a message and the types of its fields.
    /// - Parameter signature: Identifies the message for reuse; `nil` for the message of a single method.
    mutating func add(
        _ name: String, _ description: String, _ fields: [JSONSchema.Field], isChoice: Bool = false, signature: String? = nil
    ) -> String {
        let name = names.claim(ProtoName.type(name)), index = messages.count
        // Registered before its fields are collected, because they may refer to it.
        if let signature { known[signature] = name }
        messages.append(ProtoMessage(name: name, description: description, fields: [], isChoice: isChoice))
        messages[index].fields = zip(fields, ProtoNames.fields(fields.map(\.name))).enumerated().map { place, named in
            let (field, name) = named
            let (cardinality, type) = isChoice ? (.single, type(of: field.schema)) : shape(of: field)
            return ProtoField(
                name: name, jsonName: field.name,
                number: field.number == 0 ? place + 1 : field.number, cardinality: cardinality, type: type,
                description: field.description, isDeprecated: field.isDeprecated)
        }
        return name
    }

    private mutating func shape(of field: JSONSchema.Field) -> (ProtoField.Cardinality, ProtoType) {
        let schema = field.schema.unconstrained
        switch schema {
        case _ where field.isBoxed: return (field.isRequired ? .single : .optional, type(of: schema))
        case .array(let element): return (.repeated, type(of: element))
        case .dictionary(let value): return (.map, type(of: value))
        case .nullable(let schema): return (.optional, type(of: schema))
        default: return (field.isRequired ? .single : .optional, type(of: schema))
        }
    }

    private mutating func message(
        _ name: String, _ description: String, _ fields: [JSONSchema.Field], isChoice: Bool = false
    ) -> String {
        let signature = name + fields.map { "|\($0.name) \($0.number) \($0.schema.name)" }.joined()
        if let name = known[signature] { return name }
        return add(name, description, fields, isChoice: isChoice, signature: signature)
    }

    private mutating func enumeration(_ name: String, _ description: String, _ words: [JSONSchema.Word]) -> String {
        let signature = name + words.map { "|\($0.text) \($0.number)" }.joined()
        if let name = known[signature] { return name }
        let name = names.claim(ProtoName.type(name))
        known[signature] = name
        var valueNames = ProtoNames(folds: true)
        let none = JSONSchema.Word("unspecified", 0)
        let values = ([none] + words).map { word in
            ProtoEnumeration.Value(
                name: names.claim(valueNames.claim(ProtoName.value(word.text, of: name))), number: word.number,
                description: word.description)
        }
        enumerations.append(ProtoEnumeration(name: name, description: description, values: values))
        return name
    }

    /// Returns the message that wraps a list, a map or an optional value where Protocol Buffers do not allow one.
    private mutating func box(of schema: JSONSchema) -> String {
        message(schema.name, "", [JSONSchema.Field("value", schema, number: 1)])
    }

    private static func scalar(_ type: String, _ format: String?) -> ProtoType {
        switch (type, format) {
        case ("boolean", _): .bool
        case ("integer", "int8"?), ("integer", "int16"?), ("integer", "int32"?): .int32
        case ("integer", "uint8"?), ("integer", "uint16"?), ("integer", "uint32"?): .uint32
        case ("integer", "uint64"?): .uint64
        case ("integer", _): .int64
        case ("number", "decimal"?): .string
        case ("number", "float"?): .float
        case ("number", _): .double
        case (_, "binary"?), (_, "byte"?): .bytes
        default: .string
        }
    }
}

extension JSONSchema {
    /// The schema without its constraints.
    fileprivate var unconstrained: JSONSchema { if case .constrained(let schema, _) = self { schema.unconstrained } else { self } }
}
