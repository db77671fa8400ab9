import Roost

/// Writes JSON Schemas (draft 2020-12) into a document, with one definition for each named type and references to it.
struct SchemaWriter {
    /// The location of the definitions, such as `#/$defs/`.
    let place: String
    /// The names of the types in the document.
    var names = SchemaNames()
    private(set) var definitions: [String: JSONNode] = [:]

    init(at place: String) { self.place = place }

    mutating func node(_ schema: JSONSchema) -> JSONNode {
        switch schema {
        case .scalar(let type, let format):
            let node: JSONNode = ["type": .string(type), "format": format.map { .string($0) }]
            return node.adding(Self.limits(format)).adding(format == "byte" ? ["contentEncoding": "base64"] : [:])
        case .anything: return [:]
        case .array(let element): return ["type": "array", "items": node(element)]
        case .dictionary(let value): return ["type": "object", "additionalProperties": node(value)]
        case .nullable(let schema): return Self.orNull(node(schema))
        case .constrained(let schema, let constraints): return constrained(node(schema), by: constraints)
        case .words(let name, let description, let words):
            return reference(name) { _ in
                let list = JSONNode.array(words.map { .string($0.text) }), isOpen = words.contains(where: \.isUnknown)
                return ["type": "string", isOpen ? "examples" : "enum": list, "description": Self.description(description, of: words)]
            }
        case .object(let name, let description, let fields):
            return reference(name) { $0.object(description, fields()) }
        case .choice(let name, let description, let cases):
            return reference(name) { writer in
                let choices = cases().map { writer.object($0.description, [JSONSchema.Field($0.name, $0.schema)]) }
                return ["oneOf": .array(choices), "description": .text(description)]
            }
        }
    }

    private mutating func reference(_ type: String, _ define: (inout SchemaWriter) -> JSONNode) -> JSONNode {
        let name = names[type]
        if definitions[name] == nil {
            // Registered first, so that a recursive type refers to itself.
            definitions[name] = .null
            definitions[name] = define(&self)
        }
        return .reference(place + name)
    }

    private mutating func object(_ description: String, _ fields: [JSONSchema.Field]) -> JSONNode {
        let properties = fields.map { field in
            JSONNode.Member(name: field.name, value: node(field.schema).adding(Self.annotations(of: field)))
        }
        let required = fields.filter(\.isRequired).map { JSONNode.string($0.name) }
        return [
            "type": "object", "description": .text(description), "properties": .object(properties),
            "required": required.isEmpty ? nil : .array(required),
        ]
    }

    /// What else is said of a field.
    private static func annotations(of field: JSONSchema.Field) -> JSONNode {
        [
            "description": .text(field.description), "deprecated": field.isDeprecated ? true : nil,
            "examples": field.example.map { .array([JSONNode($0)]) },
        ]
    }

    private func constrained(_ node: JSONNode, by constraints: [JSONSchema.Constraint]) -> JSONNode {
        let rules = constraints.map { constraint in
            switch constraint {
            case .number(let keyword, let value): JSONNode.Member(name: keyword, value: .number(value))
            case .format(let name): JSONNode.Member(name: "format", value: .string(name))
            case .uniqueItems: JSONNode.Member(name: "uniqueItems", value: .bool(true))
            case .pattern(let expression): JSONNode.Member(name: "pattern", value: .string(expression))
            }
        }
        guard case .object(let members) = node else { return node }
        // A constraint replaces what the type says.
        return .object(members.filter { member in !rules.contains { $0.name == member.name } } + rules)
    }

    /// Makes a schema nullable. For a simple type, `null` is added to its types, which is easier to read.
    private static func orNull(_ node: JSONNode) -> JSONNode {
        if node == [:] { return node }
        guard case .object(let members) = node, let first = members.first, first.name == "type", case .string = first.value else {
            return ["anyOf": [node, ["type": "null"]]]
        }
        return .object([JSONNode.Member(name: "type", value: [first.value, "null"])] + members.dropFirst())
    }

    /// Returns the limits of an integer type. The limits of 64-bit integers are left out, because few readers can represent them exactly.
    private static func limits(_ format: String?) -> JSONNode {
        switch format {
        case "int8": ["minimum": .integer(Int(Int8.min)), "maximum": .integer(Int(Int8.max))]
        case "int16": ["minimum": .integer(Int(Int16.min)), "maximum": .integer(Int(Int16.max))]
        case "int32": ["minimum": .integer(Int(Int32.min)), "maximum": .integer(Int(Int32.max))]
        case "uint8": ["minimum": .integer(0), "maximum": .integer(Int(UInt8.max))]
        case "uint16": ["minimum": .integer(0), "maximum": .integer(Int(UInt16.max))]
        case "uint32": ["minimum": .integer(0), "maximum": .integer(Int(UInt32.max))]
        case "uint64": ["minimum": .integer(0)]
        default: [:]
        }
    }

    /// Returns the description of an enumeration, with those of its values.
    private static func description(_ description: String, of words: [JSONSchema.Word]) -> JSONNode? {
        let meanings = words.compactMap { word -> String? in
            let unknown = word.isUnknown ? ["Any other value, which the reader does not know."] : []
            let meaning = ([word.description].filter { !$0.isEmpty } + unknown).joined(separator: " ")
            return meaning.isEmpty ? nil : "- `\(word.text)`: \(meaning)"
        }
        return .text(([description] + meanings).filter { !$0.isEmpty }.joined(separator: "\n"))
    }
}

extension JSONSchema {
    /// The schema as a JSON document of its own, with all named types under `$defs`.
    public var document: String {
        var writer = SchemaWriter(at: "#/$defs/")
        let node = writer.node(self)
        let definitions = writer.definitions
        guard !definitions.isEmpty else { return node.text }
        return Self.head.adding(node).adding(["$defs": JSONNode(sorted: definitions)]).text
    }

    /// Returns the schema as a JSON document that has a URI.
    func document(identifiedBy uri: String) -> JSONNode {
        var writer = SchemaWriter(at: "#/$defs/")
        let node = writer.node(self)
        let definitions: JSONNode? = writer.definitions.isEmpty ? nil : JSONNode(sorted: writer.definitions)
        return Self.head.adding(["$id": .string(uri)]).adding(node).adding(["$defs": definitions])
    }

    private static let head: JSONNode = ["$schema": "https://json-schema.org/draft/2020-12/schema"]
}
