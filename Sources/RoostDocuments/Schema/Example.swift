import Roost

/// Generates plausible values that a schema accepts.
struct Example {
    /// The enclosing types of the value, to stop at recursive types.
    private var around: [String] = []

    /// Returns an example of a schema.
    /// - Parameters:
    ///   - schema: The schema.
    ///   - name: The name of the value, which determines the content of texts.
    static func value(of schema: JSONSchema, named name: String = "") -> JSONNode {
        var example = Example()
        return example.value(schema, name, Rules()) ?? .null
    }

    /// The constraints of a value.
    private struct Rules {
        var numbers: [String: Double] = [:]
        var format: String?
        var isUnique = false

        init(_ constraints: [JSONSchema.Constraint] = []) {
            for constraint in constraints {
                switch constraint {
                case .number(let keyword, let value): numbers[keyword] = value
                case .format(let name): format = name
                case .uniqueItems: isUnique = true
                case .pattern: break
                }
            }
        }

        func count(_ keyword: String) -> Int? { numbers[keyword].map { Int(exactly: $0) ?? .max } }

        /// Returns how many elements to generate: one if the constraints allow it, and at most a thousand.
        func size(_ noun: String) -> Int { min(max(count("min" + noun) ?? 0, min(1, count("max" + noun) ?? 1)), 1000) }
    }

    /// - Returns: `nil` if the value would have to contain itself.
    private mutating func value(_ schema: JSONSchema, _ name: String, _ rules: Rules) -> JSONNode? {
        switch schema {
        case .scalar(let type, let format): return scalar(type, rules.format ?? format, name, rules)
        case .constrained(let schema, let constraints): return value(schema, name, Rules(constraints))
        case .nullable(let schema): return value(schema, name, rules) ?? .null
        case .array(let element):
            guard let value = value(element, Self.singular(name), Rules()) else { return rules.count("minItems") ?? 0 > 0 ? nil : [] }
            return .array(Array(repeating: value, count: rules.isUnique ? min(1, rules.size("Items")) : rules.size("Items")))
        case .dictionary(let element):
            guard let value = value(element, name, Rules()) else { return rules.count("minProperties") ?? 0 > 0 ? nil : [:] }
            return .object((0..<rules.size("Properties")).map { JSONNode.Member(name: $0 == 0 ? "key" : "key\($0 + 1)", value: value) })
        case .anything: return [:]
        case .words(_, _, let words): return words.first.map { .string($0.text) }
        case .object(let type, _, let fields): return inside(type) { $0.object(fields()) }
        case .choice(let type, _, let cases): return inside(type) { $0.choice(cases()) }
        }
    }

    private mutating func inside(_ type: String, _ make: (inout Example) -> JSONNode?) -> JSONNode? {
        guard !around.contains(type) else { return nil }
        around.append(type)
        defer { around.removeLast() }
        return make(&self)
    }

    private mutating func object(_ fields: [JSONSchema.Field]) -> JSONNode? {
        var members: [JSONNode.Member] = []
        let isGoods = fields.contains { ["sku", "price", "category"].contains($0.name) }
        for field in fields {
            if let example = field.example {
                members.append(JSONNode.Member(name: field.name, value: JSONNode(example)))
            } else if let value = value(field.schema, isGoods && field.name == "name" ? "goods" : field.name, Rules()) {
                members.append(JSONNode.Member(name: field.name, value: value))
            } else if field.isRequired {
                return nil
            }
        }
        return .object(members)
    }

    private mutating func choice(_ cases: [JSONSchema.Field]) -> JSONNode? {
        for choice in cases {
            if let value = value(choice.schema, choice.name, Rules()) {
                return .object([JSONNode.Member(name: choice.name, value: value)])
            }
        }
        return nil
    }

    private func scalar(_ type: String, _ format: String?, _ name: String, _ rules: Rules) -> JSONNode {
        switch type {
        case "boolean": .bool(true)
        case "integer": .integer(Int(exactly: Self.number(rules, preferred: 1).rounded()) ?? .max)
        case "number": .number(Self.number(rules, preferred: 9.5))
        default: .string(ExampleText.of(name, format, length: (rules.count("minLength") ?? 0)...max(rules.count("maxLength") ?? .max, 0)))
        }
    }

    private static func number(_ rules: Rules, preferred: Double) -> Double {
        let number = min(max(preferred, rules.numbers["minimum"] ?? preferred), rules.numbers["maximum"] ?? .infinity)
        guard let divisor = rules.numbers["multipleOf"], divisor > 0 else { return number }
        // The multiple at or above it, if that is not too large.
        let above = (number / divisor).rounded(.up) * divisor
        return above <= rules.numbers["maximum"] ?? .infinity ? above : (number / divisor).rounded(.down) * divisor
    }

    private static func singular(_ name: String) -> String { name.hasSuffix("s") ? String(name.dropLast()) : name }
}
