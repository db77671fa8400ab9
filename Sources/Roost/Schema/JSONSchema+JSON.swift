extension JSONSchema {
    /// The schema as a JSON document of its own: every named type under `$defs`, referred to where it is used.
    public var document: String {
        var writer = JSONWriter()
        var definitions = Definitions()
        write(to: &writer, &definitions)
        guard !definitions.written.isEmpty else { return writer.text }
        var whole = JSONWriter()
        whole.literal("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",")
        whole.raw(String(writer.text.dropFirst().dropLast()))
        whole.literal(",\"$defs\":{")
        whole.raw(definitions.written.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ","))
        whole.literal("}}")
        return whole.text
    }

    fileprivate struct Definitions {
        var written: [String: String] = [:]

        mutating func define(_ name: String, _ write: (inout JSONWriter, inout Definitions) -> Void) {
            guard written[name] == nil else { return }
            written[name] = ""
            var writer = JSONWriter()
            write(&writer, &self)
            written[name] = writer.text
        }
    }

    fileprivate func write(to json: inout JSONWriter, _ definitions: inout Definitions) {
        switch self {
        case .scalar(let type, let format):
            json.literal("{\"type\":")
            json.string(type)
            if let format {
                json.literal(",\"format\":")
                json.string(format)
            }
            json.literal("}")
        case .array(let element):
            json.literal("{\"type\":\"array\",\"items\":")
            element.write(to: &json, &definitions)
            json.literal("}")
        case .dictionary(let value):
            json.literal("{\"type\":\"object\",\"additionalProperties\":")
            value.write(to: &json, &definitions)
            json.literal("}")
        case .words(let name, let description, let words):
            definitions.define(name) { json, _ in
                json.literal("{\"type\":\"string\",\"enum\":")
                words.map(\.text).encode(to: &json)
                Self.writeDescription(description, to: &json)
                json.literal("}")
            }
            Self.writeReference(name, to: &json)
        case .nullable(let schema):
            json.literal("{\"anyOf\":[")
            schema.write(to: &json, &definitions)
            json.literal(",{\"type\":\"null\"}]}")
        case .constrained(let schema, let constraints):
            json.literal("{\"allOf\":[")
            schema.write(to: &json, &definitions)
            json.literal("]")
            for constraint in constraints { constraint.write(to: &json) }
            json.literal("}")
        case .object(let name, let description, let fields):
            definitions.define(name) { json, definitions in
                Self.writeObject(description, fields(), to: &json, &definitions)
            }
            Self.writeReference(name, to: &json)
        case .choice(let name, let description, let cases):
            definitions.define(name) { json, definitions in
                Self.writeChoice(description, cases(), to: &json, &definitions)
            }
            Self.writeReference(name, to: &json)
        }
    }

    private static func writeReference(_ name: String, to json: inout JSONWriter) {
        json.literal("{\"$ref\":")
        json.string("#/$defs/" + name)
        json.literal("}")
    }

    private static func writeObject(_ description: String, _ fields: [Field], to json: inout JSONWriter, _ definitions: inout Definitions) {
        json.literal("{\"type\":\"object\"")
        writeDescription(description, to: &json)
        json.literal(",\"properties\":{")
        for (index, field) in fields.enumerated() {
            if index > 0 { json.literal(",") }
            json.string(field.name)
            json.literal(":")
            field.write(to: &json, &definitions)
        }
        json.literal("},\"required\":")
        fields.filter(\.isRequired).map(\.name).encode(to: &json)
        json.literal("}")
    }

    private static func writeChoice(_ description: String, _ cases: [Field], to json: inout JSONWriter, _ definitions: inout Definitions) {
        json.literal("{\"oneOf\":[")
        for (index, field) in cases.enumerated() {
            if index > 0 { json.literal(",") }
            writeObject(field.description, [Field(field.name, field.schema)], to: &json, &definitions)
        }
        json.literal("]")
        writeDescription(description, to: &json)
        json.literal("}")
    }

    private static func writeDescription(_ description: String, to json: inout JSONWriter) {
        guard !description.isEmpty else { return }
        json.literal(",\"description\":")
        json.string(description)
    }
}

extension JSONSchema.Field {
    fileprivate func write(to json: inout JSONWriter, _ definitions: inout JSONSchema.Definitions) {
        guard !description.isEmpty else { return schema.write(to: &json, &definitions) }
        json.literal("{\"allOf\":[")
        schema.write(to: &json, &definitions)
        json.literal("],\"description\":")
        json.string(description)
        json.literal("}")
    }
}

extension JSONSchema.Constraint {
    fileprivate func write(to json: inout JSONWriter) {
        json.literal(",")
        switch self {
        case .number(let keyword, let value):
            json.string(keyword)
            json.literal(":")
            json.double(value)
        case .format(let name):
            json.literal("\"format\":")
            json.string(name)
        }
    }
}
