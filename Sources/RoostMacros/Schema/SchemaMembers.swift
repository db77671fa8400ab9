import SwiftSyntax

extension DeclGroupSyntax {
    /// Notes what keeps the type's values from being copied to wherever they are needed.
    func checkCopies(_ findings: inout Findings) {
        if let isolation = attributes.named(["MainActor"]).first {
            findings.error("a value that travels is a copy, of any task: leave out @MainActor", at: isolation)
        }
        for type in inheritanceClause?.inheritedTypes.map(\.type) ?? [] where type.is(SuppressedTypeSyntax.self) {
            findings.error("a value that travels is a copy: leave out `\(type.trimmedDescription)`", at: type)
        }
    }

    /// Notes members that `@Schema` would pass over, or that have a name of what it makes.
    func checkMembers(_ options: SchemaOptions, _ findings: inout Findings) {
        for member in memberBlock.members {
            if let condition = member.decl.as(IfConfigDeclSyntax.self), condition.hasFields {
                findings.error("a schema is the same in every build: take the field or the case out of #if", at: condition)
            }
            if let keys = member.decl.as(EnumDeclSyntax.self), keys.name.text == "CodingKeys" {
                checkCodingKeys(keys, options, &findings)
            }
        }
    }

    /// `CodingKeys` that name every field as its key is change nothing, and may stay for `Codable`.
    private func checkCodingKeys(_ keys: EnumDeclSyntax, _ options: SchemaOptions, _ findings: inout Findings) {
        let named = Set(keys.cases.map(\.name.text.unquoted))
        let fields = memberBlock.members.compactMap { $0.decl.as(VariableDeclSyntax.self) }.filter(\.isStoredInstanceProperty)
        for name in fields.flatMap(\.bindings).map(\.pattern.trimmedDescription.unquoted) where !named.contains(name) {
            findings.error(
                "@Schema reads no CodingKeys: `\(name)`, which they leave out, travels too, so keep it in another type", at: keys.name)
        }
        for word in keys.cases {
            let name = word.name.text.unquoted
            let field = fields.first { $0.bindings.contains { $0.pattern.trimmedDescription.unquoted == name } }
            let own = field?.attributes.named(["Field"]).first?.argument(nil)?.plainText ?? options.naming.key(name)
            guard let key = word.rawValue?.value.plainText, !key.elementsEqual(own) else { continue }
            findings.error("@Schema reads no CodingKeys: write @Field(\(key.literal)) on `\(word.name.text)`", at: word.name)
        }
    }
}

extension IfConfigDeclSyntax {
    /// Whether there is a stored property or a case in it.
    fileprivate var hasFields: Bool {
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
    /// Notes parameters that are no schemas as far as can be told: those of which nothing is asked, or what says nothing of it.
    func checkSchemas(_ requirements: GenericWhereClauseSyntax?, _ findings: inout Findings) {
        for parameter in parameters {
            let name = parameter.name.text
            if let specifier = parameter.specifier {
                findings.error("a schema's generic parameter is one type that is a schema: leave out `\(specifier.text)`", at: parameter)
                continue
            }
            let elsewhere = requirements?.requirements.contains { $0.trimmedDescription.components.first == name } ?? false
            guard !elsewhere, parameter.inheritedType.map(\.saysNothingOfSchemas) ?? true else { continue }
            let more = parameter.inheritedType.map { " & \($0.trimmedDescription)" } ?? ""
            findings.error("what a schema holds is a schema: write `\(name): Schema\(more)`", at: parameter)
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
