import Roost

/// A part of a JSON Schema document, with its reference resolved.
struct SchemaNode {
    /// The type of its values, for a person.
    let kind: String
    let isNullable: Bool
    /// The words that are allowed, if only some are.
    let words: Set<String>?
    /// The fields of an object.
    let fields: [String: JSONValue]
    /// The names of the fields that an object must have.
    let required: Set<String>
    /// The payloads of a choice.
    let cases: [String: JSONValue]
    /// The schema of an array's items or a dictionary's values.
    let element: JSONValue?
    private let keywords: [String: JSONValue]

    init(_ value: JSONValue, in document: JSONValue) {
        var node = Self.resolved(value, document), isNullable = false
        if case .array(let options)? = node["anyOf"], let first = options.first {
            (node, isNullable) = (Self.resolved(first, document), true)
        }
        var type = node["type"]?.text
        if case .array(let types)? = node["type"] {
            type = types.first?.text
            isNullable = true
        }
        self.isNullable = isNullable
        keywords = node.members ?? [:]
        words = node["enum"]?.elements.map { Set($0.compactMap(\.text)) }
        fields = node["properties"]?.members ?? [:]
        required = Set((node["required"]?.elements ?? []).compactMap(\.text))
        cases = Dictionary((node["oneOf"]?.elements ?? []).flatMap { $0["properties"]?.members ?? [:] }) { first, _ in first }
        element = node["items"] ?? node["additionalProperties"]
        kind = Self.kind(type, keywords)
    }

    private static func kind(_ type: String?, _ keywords: [String: JSONValue]) -> String {
        if keywords["oneOf"] != nil { return "a choice" }
        if keywords["additionalProperties"] != nil { return "a dictionary" }
        let format = keywords["format"]?.text.flatMap { typeFormats.contains($0) || type != "string" ? $0 : nil }
        return [type ?? "any value", format.map { "(\($0))" }].compactMap(\.self).joined(separator: " ")
    }

    /// The formats of types of their own. Other formats of strings are checks.
    private static let typeFormats: Set<String> = ["uuid", "date-time", "byte", "binary"]

    private static func resolved(_ value: JSONValue, _ document: JSONValue) -> JSONValue {
        guard let name = value["$ref"]?.text?.split(separator: "/").last, let target = document["$defs"]?[String(name)] else {
            return value
        }
        return target
    }
}

extension SchemaNode {
    /// The keywords that do not restrict values, and those that are compared by their meaning.
    private static let others: Set<String> = [
        "$ref", "$defs", "$schema", "$id", "description", "examples", "title", "deprecated", "type", "anyOf", "oneOf", "enum", "properties",
        "required", "items", "additionalProperties",
    ]

    /// Returns the rules by which this node allows fewer values than another one of its kind.
    func narrowings(of before: SchemaNode) -> [String] {
        keywords.filter { !Self.others.contains($0.key) }.sorted { $0.key < $1.key }.compactMap { keyword, rule in
            let old = before.keywords[keyword]
            return allows(keyword, rule, whatWas: old)
                ? nil : "has the \(keyword) \(rule.words)" + (old.map { ", which was \($0.words)" } ?? "")
        }
    }

    /// Returns whether a rule allows all values that another one allowed.
    private func allows(_ keyword: String, _ rule: JSONValue, whatWas old: JSONValue?) -> Bool {
        guard let old, old != rule else { return old == rule }
        guard case .number(let now) = rule, case .number(let before) = old else { return false }
        switch keyword {
        case "minimum", "minLength", "minItems", "minProperties": return now <= before
        case "maximum", "maxLength", "maxItems", "maxProperties": return now >= before
        case "multipleOf": return now != 0 && before.truncatingRemainder(dividingBy: now) == 0
        default: return false
        }
    }
}

extension JSONValue {
    subscript(name: String) -> JSONValue? { members?[name] }

    var members: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }

    var elements: [JSONValue]? { if case .array(let values) = self { values } else { nil } }

    var text: String? { if case .string(let text) = self { text } else { nil } }

    /// The value for a person.
    fileprivate var words: String { text ?? JSONNode(self).text }
}
