import SwiftSyntax

/// A property of a model or of a column group.
struct ModelField {
    /// The location of the property.
    let syntax: TokenSyntax
    /// The name of the property as source, with its backticks if it has them.
    let identifier: String
    /// The name of its column, or the beginning of the names of its columns.
    let column: String
    let type: TypeShape
    /// The source of the default value.
    let fallback: ExprSyntax?
    /// The modifier of the property among the expressions of the columns, followed by a space; empty if it needs none.
    let access: String
    let attributes: AttributeListSyntax
    let checks: [SchemaCheck]

    var isKey: Bool { has("Key") }
    var isJSON: Bool { has("JSON") }

    /// Whether the engine makes the value of a new row.
    var isGenerated: Bool { attributes.named(["Key"]).first?.argument("isGenerated")?.trimmedDescription == "true" }

    func has(_ name: String) -> Bool { !attributes.named([name]).isEmpty }

    /// Whether the spelling alone shows that a column holds the type. Only the compiler knows about other types, and its error about them
    /// belongs to the property's own line.
    var isKnown: Bool { Self.known.contains(isJSON ? "" : type.core.text) }

    /// The types that are stored in one column, by their usual names.
    private static let known: Set<String> = ["String", "Bool", "Int", "Int32", "Int64", "Double", "UUID", "Date", "[UInt8]"]
}

/// The source that an expansion contains for a property. Where it names a type that it does not know, it uses functions that also accept
/// a type that cannot be stored, so that the compiler reports the type once, where the property of `Columns` is declared.
extension ModelField {
    /// The declaration of the property of `Columns`.
    var columnsDeclaration: String { "\(access)var \(identifier): \(columnsType)" }

    private var columnsType: String {
        if isJSON { return "RoostData.JSONColumn<\(type.core.text)>" }
        return isKnown ? "RoostData.Expr<\(type.text)>" : "RoostData.Stored<\(type.text)>"
    }

    /// The expression that creates the property of `Columns`.
    /// - Parameter name: The source of the column's name.
    func columns(_ name: String) -> String {
        if isJSON { return "RoostData.Table.json(\(type.core.text).self, \(name), of: source)" }
        return isKnown
            ? "RoostData.Expr(column: \(name), of: source)" : "RoostData.Table.expressions(\(type.text).self, \(name), of: source)"
    }

    /// The expression that reads the property from the variable `row`. It names no type: in the extension of a nested type, the types
    /// beside it are not visible.
    var reading: String {
        if isJSON { return type.isOptional ? "try row.optionalJSON()" : "try row.json()" }
        return isKnown ? "try row.next()" : "try row.value()"
    }

    /// The statement that binds the property.
    var binding: String {
        if isJSON { return "bindings.append(\(type.isOptional ? "optionalJSON" : "json"): self.\(identifier))" }
        return isKnown ? "bindings.append(self.\(identifier).sql)" : "bindings.append(columns: self.\(identifier))"
    }

    /// The expression of the table's columns.
    /// - Parameter name: The source of the column's name.
    func tableColumns(_ name: String) -> String {
        let base =
            isJSON
            ? "RoostData.Table.json(\(name)\(type.isOptional ? ", isNullable: true" : ""))"
            : "RoostData.Table.columns(\(type.text).self, \(name))"
        return base + modifiers.joined()
    }

    private var modifiers: [String] {
        var modifiers: [String] = []
        if isKey { modifiers.append(".key(\(isGenerated ? "isGenerated: true" : ""))") }
        if has("Unique") { modifiers.append(".unique()") }
        if has("Indexed") { modifiers.append(".indexed()") }
        if let reference = attributes.named(["References"]).first {
            modifiers.append(".references(\(reference.labelledArguments.trimmedDescription))")
        }
        for (name, role) in [("Version", "version"), ("UpdatedAt", "updated"), ("DeletedAt", "deleted")] where has(name) {
            modifiers.append(".role(.\(role))")
        }
        if let name = attributes.named(["Renamed"]).first?.argument("from")?.plainText {
            modifiers.append(".renamed(from: \(KeyNaming.snakeCase.key(name).literal))")
        }
        if !checks.isEmpty { modifiers.append(".checked { $0\(checks.map { $0.documentation(of: type) }.joined()) }") }
        if let constant { modifiers.append(".fallback(\(constant) as \(type.text))") }
        return modifiers
    }

    /// The default value, if it is the same for every row.
    private var constant: String? {
        guard !isKey, !isJSON, !type.isOptional, let fallback, !["Date", "UUID"].contains(type.text) else { return nil }
        let isCase = fallback.as(MemberAccessExprSyntax.self).map { $0.base == nil } ?? false
        return fallback.literalType != nil || isCase ? fallback.trimmedDescription : nil
    }
}
