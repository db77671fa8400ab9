import SwiftSyntax
import SwiftSyntaxMacros

/// A field of an object: a struct's stored property, or a value that an enum's case holds.
struct SchemaField {
    /// Where the field is.
    let syntax: TokenSyntax
    /// The key.
    let name: String
    /// The property's or label's name as source, in backticks where it has them.
    let identifier: String
    let type: TypeShape
    /// The default value's source.
    let fallback: String?
    let description: String
    let checks: [SchemaCheck]
    /// The number that `@Field` gives it.
    var number: Int?

    /// The name as an argument's label, which needs backticks only for one word, and where it is no plain name.
    var label: String { name.isPlainName && name != "inout" ? name : identifier }
    /// The name as a parameter's label, which these words need backticks for too.
    var parameterLabel: String { ["inout", "var", "let"].contains(name) ? identifier : label }

    /// Whether the key must be there.
    var isRequired: Bool { fallback == nil && !type.isOptional }

    /// The variable that holds the value while it is read or written.
    var local: String { name.avoiding(Self.taken, suffix: "Value") == name ? identifier : name.avoiding(Self.taken, suffix: "Value") }

    /// The names that the expansions use themselves.
    private static let taken: Set<String> = [
        "json", "message", "field", "start", "seen", "key", "offset", "choice", "value", "self", "Self",
    ]

    /// Where reading begins: without a value, or with the one that counts if the key is left out.
    var initial: String {
        guard let fallback else { return type.isOptional ? " = .some(nil)" : "" }
        if !type.isOptional { return fallback == ".none" ? " = .some(.none)" : " = \(fallback)" }
        return fallback == "nil" || fallback == ".none" ? " = .some(nil)" : " = \(fallback)"
    }
}

extension SchemaField {
    /// What a document says of the field.
    /// - Parameter generics: the names of the generic parameters around it.
    func documentation(_ generics: Set<String>, in context: some MacroExpansionContext) -> [String] {
        let schema = checks.reduce(type.schema) { "\($0).\($1.rule)(\($1.argument))" }
        let optional = isRequired ? "" : ", isRequired: false"
        let description = description.isEmpty ? "" : ", description: \(description.literal)"
        let number = number.map { ", number: \($0)" } ?? ""
        let generic = type.root.map(generics.contains) == true ? ", isGeneric: true" : ""
        let line = "RoostSchema.JSONSchema.Field(\(name.literal), \(schema)\(optional)\(description)\(number)\(generic))"
        return type.isKnown ? [line] : context.line(line, asAt: syntax)
    }

    /// The branch that reads the value.
    func decoding(_ index: Int) -> [String] {
        let offset = checks.isEmpty ? "try" : "let offset = try"
        let value = type.isOptional ? "\(local) ?? nil" : local
        return .block(
            "case \(name.literal):",
            ["\(offset) json.field(\(index), \(name.literal), &seen)", "\(local) = try \(type.decoding)"]
                + checks.map { "json.check(\($0.rule): \($0.argument), of: \(value), at: offset)" }, ""
        ).dropLast()
    }
}

extension [SchemaField] {
    /// The statements that read an object and return what `make` builds of the fields.
    func decoding(make: String) -> [String] {
        guard !isEmpty else {
            return ["guard try json.beginObject() != nil else { return nil }", "while try json.nextKey() != nil { try json.skipValue() }"]
                + ["return \(make)"]
        }
        let required = enumerated().filter { $1.isRequired }
        let needsStart = !required.isEmpty
        return [
            needsStart
                ? "guard let start = try json.beginObject() else { return nil }"
                : "guard try json.beginObject() != nil else { return nil }",
            "var seen = RoostSchema.JSONFields()",
        ]
            + map { "var \($0.local): \($0.type.text)?\($0.initial)" }
            + .block(
                "while let key = try json.peekKey() {",
                ["switch key {"] + enumerated().flatMap { $1.decoding($0) } + ["default: try json.skipField()", "}"])
            + required.map { "json.require(\($0), \($1.name.literal), of: start, seen)" }
            + ["guard \(map { "let \($0.local)" }.joined(separator: ", ")) else { return nil }"]
            + ["return \(make)"]
    }

    /// The statements that write an object's fields, from the opening brace to before the closing one.
    /// - Parameters:
    ///   - opening: what stands before the first key.
    ///   - value: the expression of a field's value.
    func encoding(opening: String, value: (SchemaField) -> String) -> [String] {
        enumerated().flatMap { index, field in
            [
                "json.literal(\(((index == 0 ? opening : ",") + "\"\(field.name)\":").literal))",
                field.type.encoding(value(field)),
            ]
        }
    }
}
