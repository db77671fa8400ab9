import SwiftSyntax

/// What can be wrong with the properties of a model together.
extension [ModelField] {
    /// Reports properties whose names the expansion needs.
    /// - Parameter names: The names, and what they are for.
    func check(without names: Set<String>, _ findings: inout Findings) {
        for field in self where names.contains(field.identifier.unquoted) {
            findings.error(
                "`\(field.identifier.unquoted)` is generated: give the property another name, and the column this one with @Column",
                at: field.syntax)
        }
    }

    /// Reports properties that are stored in the same column.
    func checkColumns(_ findings: inout Findings) {
        var seen: Set<String> = []
        for field in self where !seen.insert(field.column).inserted {
            findings.error(
                "another property is stored in the column `\(field.column)`: give one of them another with @Column", at: field.syntax)
        }
    }

    /// Reports keys that cannot identify a row.
    func checkKeys(_ findings: inout Findings) {
        let keys = filter(\.isKey)
        for field in keys {
            if field.type.isOptional { findings.error("a key always has a value: remove the ?", at: field.type.syntax) }
            if field.isJSON { findings.error("a key can't be stored as JSON: remove @JSON", at: field.syntax) }
            if field.isGenerated, keys.count > 1 {
                findings.error("the engine can only number a key of one property: remove isGenerated", at: field.syntax)
            }
            for argument in field.attributes.named(["Key"]).compactMap({ $0.argument("isGenerated") })
            where !["true", "false"].contains(argument.trimmedDescription) {
                findings.error("write `true` or `false` here: a macro can't see the value of a name", at: argument)
            }
        }
    }

    /// Reports properties that cannot have their roles.
    func checkRoles(_ findings: inout Findings) {
        for name in ["Version", "UpdatedAt", "DeletedAt"] {
            let marked = filter { $0.has(name) }
            for field in marked.dropFirst() { findings.error("only one property can be marked @\(name)", at: field.syntax) }
            guard let field = marked.first else { continue }
            let isRight = name == "Version" ? field.type.text == "Int" : field.type.core.text == "Date"
            let type = name == "Version" ? "Int" : name == "DeletedAt" ? "Date?" : "Date"
            if !isRight || (name == "DeletedAt") != field.type.isOptional {
                findings.error("@\(name) must be on a property of the type \(type)", at: field.syntax)
            }
        }
    }

    /// The expressions of the indexes that the arguments `indexes` and `unique` list, each with the names of its properties.
    func indexes(_ node: AttributeSyntax, _ findings: inout Findings) -> [String] {
        ["indexes", "unique"].flatMap { label -> [String] in
            guard let list = node.argument(label) else { return [] }
            guard let lists = list.as(ArrayExprSyntax.self)?.elements.map(\.expression) else {
                findings.error("write the list here: a macro can't see the value of a name", at: list)
                return []
            }
            return lists.compactMap { element in
                guard let names = element.as(ArrayExprSyntax.self)?.elements.map(\.expression), !names.isEmpty else {
                    findings.error("write a list of names of properties here, as in [\"category\", \"sku\"]", at: element)
                    return nil
                }
                let columns = names.compactMap { position(of: $0, &findings) }.map { "columns[\($0)]" }
                guard columns.count == names.count else { return nil }
                return "RoostData.TableIndex(over: \(columns.joined(separator: " + "))\(label == "unique" ? ", isUnique: true" : ""))"
            }
        }
    }

    private func position(of name: ExprSyntax, _ findings: inout Findings) -> Int? {
        guard let text = name.plainText, let position = firstIndex(where: { $0.identifier.unquoted == text }) else {
            findings.error("write the name of a property here, in quotation marks", at: name)
            return nil
        }
        return position
    }
}
