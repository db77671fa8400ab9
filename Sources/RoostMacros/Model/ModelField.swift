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
    let attributes: AttributeListSyntax
    let checks: [SchemaCheck]

    var isKey: Bool { has("Key") }
    var isJSON: Bool { has("JSON") }

    func has(_ name: String) -> Bool { !attributes.named([name]).isEmpty }

    /// The type as source that can be followed by a member.
    var typeSource: String { type.wrapped.map { "Swift.Optional<\($0.text)>" } ?? type.text }

    /// The type of the property of `Columns`.
    var columnsType: String { isJSON ? "RoostData.JSONColumn<\(type.core.text)>" : "\(typeSource).StoredColumns" }

    /// The expression that creates the property of `Columns`.
    /// - Parameter name: The source of the column's name.
    func columns(_ name: String) -> String {
        isJSON ? "RoostData.JSONColumn(\(name), of: source)" : "\(typeSource).storedColumns(\(name), of: source)"
    }

    /// The expression that reads the property from the variable `row`.
    var reading: String { isJSON ? (type.isOptional ? "try row.optionalJSON()" : "try row.json()") : "try row.value()" }

    /// The statement that binds the property.
    var binding: String {
        guard isJSON else { return "\(identifier).bind(to: &bindings)" }
        return "bindings.append(\(type.isOptional ? "optionalJSON" : "json"): \(identifier))"
    }

    /// The expression of the table's columns.
    /// - Parameter name: The source of the column's name.
    func tableColumns(_ name: String) -> String {
        let base =
            isJSON
            ? "RoostData.Table.json(\(name)\(type.isOptional ? ", isNullable: true" : ""))"
            : "RoostData.Table.columns(\(typeSource).self, \(name))"
        return base + modifiers.joined()
    }

    private var modifiers: [String] {
        var modifiers: [String] = []
        if let key = attributes.named(["Key"]).first {
            let isGenerated = key.argument("isGenerated")?.trimmedDescription
            modifiers.append(".key(\(isGenerated.map { "isGenerated: " + $0 } ?? ""))")
        }
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

extension StructDeclSyntax {
    /// The stored properties, in order.
    func modelFields(_ findings: inout Findings) -> [ModelField] {
        memberBlock.members.flatMap { member -> [ModelField] in
            guard let variable = member.decl.as(VariableDeclSyntax.self), variable.isStoredInstanceProperty else { return [] }
            return variable.bindings.compactMap { variable.modelField($0, &findings) }
        }
    }
}

extension VariableDeclSyntax {
    fileprivate func modelField(_ binding: PatternBindingSyntax, _ findings: inout Findings) -> ModelField? {
        guard let pattern = binding.pattern.as(IdentifierPatternSyntax.self) else {
            findings.error("write one property for each column", at: binding.pattern)
            return nil
        }
        let name = pattern.identifier.text
        if bindingSpecifier.tokenKind == .keyword(.let), let initializer = binding.initializer {
            findings.error(
                "`\(name)` can never have another value: make it a `var`, or a `static let` if it is not stored", at: initializer)
            return nil
        }
        guard let type = binding.typeAnnotation?.type ?? binding.initializer?.value.literalType else {
            findings.error("write the type of `\(name)`: a macro can't see inferred types", at: pattern)
            return nil
        }
        let shape = TypeShape(type)
        if name.unquoted == "columns" || name.unquoted == "table" {
            findings.error("`\(name)` is generated: give the property another name, and the column this one with @Column", at: pattern)
        }
        if shape.core.is(DictionaryTypeSyntax.self), attributes.named(["JSON"]).isEmpty {
            findings.error("a dictionary is stored as JSON: write @JSON", at: type)
        }
        let own = attributes.named(["Column"]).first?.argument(nil)?.plainText
        return ModelField(
            syntax: pattern.identifier, identifier: name, column: own ?? KeyNaming.snakeCase.key(name.unquoted), type: shape,
            fallback: binding.initializer?.value, attributes: attributes,
            checks: attributes.named(["Check"]).flatMap { SchemaCheck.all(of: $0, on: shape, &findings) })
    }
}
