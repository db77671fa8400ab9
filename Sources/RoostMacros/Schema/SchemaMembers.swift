import SwiftSyntax

extension DeclGroupSyntax {
    /// Reports what prevents values of the type from being copied.
    func checkCopies(_ findings: inout Findings) {
        if let isolation = attributes.named(["MainActor"]).first {
            findings.error("values are sent as copies, from any task: remove @MainActor", at: isolation)
        }
        for type in inheritanceClause?.inheritedTypes.map(\.type) ?? [] where type.is(SuppressedTypeSyntax.self) {
            findings.error("values are sent as copies: remove `\(type.trimmedDescription)`", at: type)
        }
    }

    /// Reports members that `@Schema` would ignore, or whose names it generates itself.
    func checkMembers(_ options: SchemaOptions, _ findings: inout Findings) {
        for member in memberBlock.members {
            if let condition = member.decl.as(IfConfigDeclSyntax.self), condition.hasFields {
                findings.error("a schema must be the same in every build: move the field or the case out of #if", at: condition)
            }
            if let keys = member.decl.as(EnumDeclSyntax.self), keys.name.text == "CodingKeys" {
                checkCodingKeys(keys, options, &findings)
            }
        }
    }

    /// `CodingKeys` that give every field the key it already has change nothing, and may stay for `Codable`.
    private func checkCodingKeys(_ keys: EnumDeclSyntax, _ options: SchemaOptions, _ findings: inout Findings) {
        let named = Set(keys.cases.map(\.name.text.unquoted))
        let fields = memberBlock.members.compactMap { $0.decl.as(VariableDeclSyntax.self) }.filter(\.isStoredInstanceProperty)
        for name in fields.flatMap(\.bindings).map(\.pattern.trimmedDescription.unquoted) where !named.contains(name) {
            findings.error(
                "@Schema ignores CodingKeys: `\(name)`, which they leave out, is sent too, so move it to another type", at: keys.name)
        }
        for word in keys.cases {
            let name = word.name.text.unquoted
            let field = fields.first { $0.bindings.contains { $0.pattern.trimmedDescription.unquoted == name } }
            let own = field?.attributes.named(["Field"]).first?.argument(nil)?.plainText ?? options.naming.key(name)
            guard let key = word.rawValue?.value.plainText, !key.elementsEqual(own) else { continue }
            findings.error("@Schema ignores CodingKeys: write @Field(\(key.literal)) on `\(word.name.text)`", at: word.name)
        }
    }
}

extension IfConfigDeclSyntax {
    /// Whether it contains a stored property or a case.
    var hasFields: Bool {
        clauses.contains { clause in
            guard case .decls(let members) = clause.elements else { return false }
            return members.contains { member in
                member.decl.is(EnumCaseDeclSyntax.self) || member.decl.as(VariableDeclSyntax.self)?.isStoredInstanceProperty == true
                    || member.decl.as(IfConfigDeclSyntax.self)?.hasFields == true
            }
        }
    }
}

extension GenericParameterClauseSyntax {
    /// Reports generic parameters that are not schemas as far as the source shows: those without a constraint, or with constraints that do
    /// not imply it.
    func checkSchemas(_ requirements: GenericWhereClauseSyntax?, _ findings: inout Findings) {
        for parameter in parameters {
            let name = parameter.name.text
            if let specifier = parameter.specifier {
                findings.error("a generic parameter of a schema must be a single type: remove `\(specifier.text)`", at: parameter)
                continue
            }
            let elsewhere = requirements?.requirements.contains { $0.trimmedDescription.components.first == name } ?? false
            guard !elsewhere, parameter.inheritedType.map(\.saysNothingOfSchemas) ?? true else { continue }
            let more = parameter.inheritedType.map { " & \($0.trimmedDescription)" } ?? ""
            findings.error("a schema's type arguments must be schemas: write `\(name): Schema\(more)`", at: parameter)
        }
    }
}

extension TypeSyntax {
    fileprivate var saysNothingOfSchemas: Bool {
        if let all = self.as(CompositionTypeSyntax.self) { return all.elements.allSatisfy { $0.type.saysNothingOfSchemas } }
        let known: Set = ["Sendable", "Equatable", "Hashable", "Comparable", "Codable", "Encodable", "Decodable", "Identifiable"]
        return known.contains(trimmedDescription.components.last ?? "")
    }
}
