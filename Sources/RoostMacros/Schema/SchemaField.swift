import SwiftSyntax
import SwiftSyntaxMacros

/// A field of an object: a stored property of a struct, or an associated value of a case.
struct SchemaField {
    /// The location of the field.
    let syntax: TokenSyntax
    /// The name of the property or the label.
    let name: String
    /// The key in JSON.
    let key: String
    /// The name of the property or the label as source, with its backticks if it has them.
    let identifier: String
    let type: TypeShape
    /// The source of the default value.
    let fallback: String?
    let description: String
    let checks: [SchemaCheck]
    /// What `@Field` and `@Example` specify.
    let attribute: FieldAttribute
    /// Whether the field is left out of JSON if it is `nil`.
    let omitsNil: Bool

    /// The number given by `@Field`.
    var number: Int? { attribute.number }
    /// Whether the field is left out of JSON for some of its values.
    var isOmittable: Bool { type.isChange || omitsNil && type.isOptional }

    /// The name as the label of an argument, where only one keyword and unusual names need backticks.
    var label: String { name.isPlainName && name != "inout" ? name : identifier }
    /// The name as the label of a parameter, where these keywords need backticks too.
    var parameterLabel: String { ["inout", "var", "let"].contains(name) ? identifier : label }

    /// Whether the key must be present.
    var isRequired: Bool { fallback == nil && !type.isOptional }

    /// The variable that holds the value while it is read or written.
    var local: String { name.avoiding(Self.taken, suffix: "Value") == name ? identifier : name.avoiding(Self.taken, suffix: "Value") }

    /// The names that expansions use themselves.
    private static let taken: Set<String> = [
        "json", "message", "faults", "field", "start", "seen", "key", "offset", "choice", "value", "self", "Self",
    ]

    /// The initial value for reading: none, or the default that applies if the key is missing.
    var initial: String {
        guard let fallback else { return type.isOptional ? " = .some(nil)" : "" }
        if !type.isOptional { return fallback == ".none" ? " = .some(.none)" : " = \(fallback)" }
        return fallback == "nil" || fallback == ".none" ? " = .some(nil)" : " = \(fallback)"
    }
}

extension SchemaField {
    /// The source of the field's documentation.
    /// - Parameter generics: The names of the generic parameters in scope.
    func documentation(_ generics: Set<String>, in context: some MacroExpansionContext) -> [String] {
        let schema = checks.reduce(type.schema) { $0 + $1.documentation(of: type) }
        let optional = isRequired ? "" : ", isRequired: false"
        let description = description.isEmpty ? "" : ", description: \(description.literal)"
        let number = number.map { ", number: \($0)" } ?? ""
        let boxed = type.isChange || type.root.map(generics.contains) == true ? ", isBoxed: true" : ""
        let example = attribute.example.map { ", example: \($0)" } ?? ""
        let deprecated = attribute.isDeprecated ? ", isDeprecated: true" : ""
        let more = optional + description + number + boxed + example + deprecated
        let line = "RoostSchema.JSONSchema.Field(\(key.literal), \(schema)\(more))"
        return type.isKnown ? [line] : context.line(line, asAt: syntax)
    }

    /// The branch that reads the value.
    func decoding(_ index: Int) -> [String] {
        let offset = checks.isEmpty ? "try" : "let offset = try"
        return .block(
            "case \(key.literal):",
            ["\(offset) json.field(\(index), \(key.literal), &seen)", "\(local) = try \(type.decoding)"]
                + checks.map { $0.call(on: "json", readValue, at: "offset") }, ""
        ).dropLast()
    }

    /// The expression of the value to check after it was read.
    var readValue: String {
        if type.isChange { return "\(local)?.newValue" }
        return type.isOptional ? "\(local) ?? nil" : local
    }
}

extension SchemaField {
    /// The statements that write the field if it may be the first: the fields before it may be left out, and so may the field itself.
    fileprivate func encodingAfterAny(_ value: String) -> [String] {
        isOmittable ? ["json.present(\(key.literal), \(value))"] : ["json.key(\(key.literal))", type.encoding(value)]
    }
}

extension [String] {
    /// The statements that create a value, check it with these functions, and return it.
    func returning(_ make: String, on check: String) -> [String] {
        if isEmpty { return ["return \(make)"] }
        return ["let value = \(make)"] + .block("\(check) { faults in", map { "value.\($0)(&faults)" }) + ["return value"]
    }
}

extension [SchemaField] {
    /// The statements that read an object and return what `make` builds from the fields.
    /// - Parameter checks: The functions that check the value as a whole.
    func decoding(make: String, checks: [String] = []) -> [String] {
        guard !isEmpty else {
            return ["guard try json.beginObject() != nil else { return nil }", "while try json.nextKey() != nil { try json.skipValue() }"]
                + ["return \(make)"]
        }
        let required = enumerated().filter { $1.isRequired }
        let needsStart = !required.isEmpty || !checks.isEmpty
        return [
            needsStart
                ? "guard let start = try json.beginObject() else { return nil }"
                : "guard try json.beginObject() != nil else { return nil }",
            "var seen = RoostSchema.JSONFields()",
        ]
            + (checks.isEmpty ? [] : ["let faults = json.faultCount"])
            + map { "var \($0.local): \($0.type.text)?\($0.initial)" }
            + .block(
                "while let key = try json.peekKey() {",
                ["switch key {"] + enumerated().flatMap { $1.decoding($0) } + ["default: try json.skipField()", "}"])
            + required.map { "json.require(\($0), \($1.key.literal), of: start, seen)" }
            + ["guard \(map { "let \($0.local)" }.joined(separator: ", ")) else { return nil }"]
            + checks.returning(make, on: "json.check(at: start, since: faults)")
    }

    /// The statements that write the fields of an object, from the opening brace up to the closing one.
    /// - Parameters:
    ///   - opening: The text before the first key.
    ///   - value: Returns the expression of a field's value.
    func encoding(opening: String, value: (SchemaField) -> String) -> [String] {
        guard let first, !first.isOmittable else {
            return ["json.literal(\(opening.literal))"] + flatMap { $0.encodingAfterAny(value($0)) }
        }
        return enumerated().flatMap { index, field in
            if field.isOmittable { return field.encodingAfterAny(value(field)) }
            return [
                "json.literal(\(((index == 0 ? opening : ",") + "\"\(field.key)\":").literal))", field.type.encoding(value(field)),
            ]
        }
    }
}
