import SwiftSyntax

extension StructDeclSyntax {
    /// The initializer with all fields, if the compiler synthesizes none that the expansion and the users of the type can call.
    func memberwiseInitializer(_ fields: [SchemaField]) -> [String]? {
        let own = memberBlock.members.compactMap { $0.decl.as(InitializerDeclSyntax.self) }
        let access = AccessLevel(of: modifiers)
        if own.isEmpty {
            guard access == .public || access == .package else { return nil }
            return initializer(fields, access.memberModifier)
        }
        let labels = fields.map(\.name)
        let isThere = own.contains { $0.signature.parameterClause.parameters.map(\.firstName.text.unquoted) == labels }
        return isThere ? nil : initializer(fields, "fileprivate ")
    }

    private func initializer(_ fields: [SchemaField], _ access: String) -> [String] {
        let parameters = fields.map { field in
            let fallback = field.fallback ?? (field.type.isOptional ? "nil" : nil)
            let inner = field.name == "self" ? " \(field.local)" : ""
            return "\(field.parameterLabel)\(inner): \(field.type.text)\(fallback.map { " = " + $0 } ?? "")"
        }
        let assignments = fields.map { "self.\($0.identifier) = \($0.name == "self" ? $0.local : $0.identifier)" }
        return .block("\(access)init(\(parameters.joined(separator: ", "))) {", assignments)
    }
}
