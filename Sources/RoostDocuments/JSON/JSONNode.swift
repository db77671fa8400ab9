import Roost

/// A JSON value in a document. The members of an object keep their order.
indirect enum JSONNode: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONNode])
    case object([Member])

    struct Member: Hashable, Sendable {
        let name: String
        let value: JSONNode
    }
}

extension JSONNode: ExpressibleByBooleanLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(stringLiteral value: String) { self = .string(value) }
    init(arrayLiteral elements: JSONNode...) { self = .array(elements) }
    /// Creates an object, leaving out members whose value is `nil`.
    init(dictionaryLiteral elements: (String, JSONNode?)...) {
        self = .object(elements.compactMap { name, value in value.map { Member(name: name, value: $0) } })
    }
}

extension JSONNode {
    /// Creates an object whose members are sorted by name.
    init(sorted members: [String: JSONNode]) {
        self = .object(members.sorted { $0.key < $1.key }.map { Member(name: $0.key, value: $0.value) })
    }

    /// Creates a node from a value that a declaration gives as an example.
    init(_ value: JSONValue) {
        self =
            switch value {
            case .null: .null
            case .bool(let value): .bool(value)
            case .number(let value): Int(exactly: value).map { .integer($0) } ?? .number(value)
            case .string(let value): .string(value)
            case .array(let values): .array(values.map { JSONNode($0) })
            case .object(let members): JSONNode(sorted: members.mapValues { JSONNode($0) })
            }
    }

    /// Returns a string, or `nil` if the text is empty.
    static func text(_ text: String) -> JSONNode? { text.isEmpty ? nil : .string(text) }

    static func reference(_ pointer: String) -> JSONNode { ["$ref": .string(pointer)] }

    /// Returns the object with additional members. Other values are returned unchanged.
    func adding(_ more: JSONNode) -> JSONNode {
        guard case .object(let members) = self, case .object(let added) = more else { return self }
        return .object(members + added)
    }

    /// The value as JSON (RFC 8259).
    var text: String {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.text
    }

    private func write(to json: inout JSONWriter) {
        switch self {
        case .null: json.literal("null")
        case .bool(let value): json.literal(value ? "true" : "false")
        case .integer(let value): json.integer(value)
        case .number(let value): json.double(value)
        case .string(let value): json.string(value)
        case .array(let values):
            json.literal("[")
            for (index, value) in values.enumerated() {
                if index > 0 { json.literal(",") }
                value.write(to: &json)
            }
            json.literal("]")
        case .object(let members):
            json.literal("{")
            for (index, member) in members.enumerated() {
                if index > 0 { json.literal(",") }
                json.string(member.name)
                json.literal(":")
                member.value.write(to: &json)
            }
            json.literal("}")
        }
    }
}
