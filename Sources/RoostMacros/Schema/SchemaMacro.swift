import SwiftSyntax
import SwiftSyntaxMacros

/// `@Schema`: the members that make a struct or an enum a schema, and the conformance.
///
/// They are members, not an extension's, as those of an extension of a nested type don't see the types beside it.
public struct SchemaMacro: MemberMacro, ExtensionMacro {
    /// The text is laid out as it is written.
    public static let formatMode = FormatMode.disabled

    public static func expansion(
        of node: AttributeSyntax, providingMembersOf declaration: some DeclGroupSyntax, conformingTo protocols: [TypeSyntax],
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        var findings = Findings()
        let expansion = expansion(of: declaration, node, in: context, &findings)
        try findings.check()
        return expansion?.members().map(\.declaration) ?? []
    }

    public static func expansion(
        of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax, providingExtensionsOf type: some TypeSyntaxProtocol,
        conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
    ) throws -> [ExtensionDeclSyntax] {
        // The other role reports what is wrong.
        var findings = Findings()
        guard let expansion = expansion(of: declaration, node, in: context, &findings), findings.diagnostics.isEmpty else { return [] }
        let asked = Set(protocols.map { $0.trimmedDescription.components.last ?? "" })
        var conformances = expansion.conformances.filter(asked.contains).map { "RoostSchema.\($0)" }
        if asked.contains("Sendable") { conformances.append((expansion.isSendableByFields ? "@unchecked " : "") + "Swift.Sendable") }
        if conformances.isEmpty { return [] }
        return [try ExtensionDeclSyntax("extension \(type.trimmed): \(raw: conformances.joined(separator: ", ")) {}")]
    }

    private static func expansion(
        of declaration: some DeclGroupSyntax, _ node: AttributeSyntax, in context: some MacroExpansionContext, _ findings: inout Findings
    ) -> (any SchemaExpansion)? {
        let options = SchemaOptions(node, &findings)
        declaration.checkMembers(options, &findings)
        declaration.checkCopies(&findings)
        if let declaration = declaration.as(StructDeclSyntax.self) {
            let name = SchemaName(declaration.name, declaration.genericParameterClause, in: context)
            declaration.genericParameterClause?.checkSchemas(declaration.genericWhereClause, &findings)
            if let value = RawValueExpansion(declaration, options, &findings) { return value }
            return StructExpansion(declaration, name, options, in: context, &findings)
        }
        if let declaration = declaration.as(EnumDeclSyntax.self) {
            let hasPayload = declaration.cases.contains { $0.parameterClause != nil }
            let name = SchemaName(declaration.name, declaration.genericParameterClause, in: context)
            declaration.genericParameterClause?.checkSchemas(declaration.genericWhereClause, &findings)
            declaration.checkNoWholeChecks(&findings)
            guard hasPayload else { return WordsExpansion(declaration, name, options, &findings) }
            return ChoiceExpansion(declaration, name, options, in: context, &findings)
        }
        findings.error("@Schema goes on a struct or an enum: a value that travels is a copy, not a reference", at: declaration.introducer)
        return nil
    }
}

/// What makes a type a schema.
protocol SchemaExpansion {
    /// The protocols that the type is to conform to, by their bare names.
    var conformances: [String] { get }
    /// Whether all that the type holds are fields. Each of them is a schema, and every schema is `Sendable`: so the compiler need not look at
    /// them again, and say of one that is no schema a second time what is wrong with it.
    var isSendableByFields: Bool { get }
    /// Each member's lines. They are written when they are asked for: the role that adds the conformance has no use for them.
    var members: () -> [[String]] { get }
}

/// The name under which documents know a type: its own, with those of the types around it before it.
struct SchemaName {
    /// The name's source: for `Page<Item>`, `"PageOf" + Item.schema.name`.
    let source: String
    let text: String
    /// The names of the generic parameters of the type and of those around it.
    let generics: Set<String>
    private let suffix: String

    init(_ name: TokenSyntax, _ generics: GenericParameterClauseSyntax?, in context: some MacroExpansionContext) {
        let outer = context.lexicalContext.reversed().compactMap { node in
            node.asProtocol((any NamedDeclSyntax).self)?.name.text.unquoted
                ?? node.as(ExtensionDeclSyntax.self)?.extendedType.trimmedDescription.replacing(".", with: "")
        }
        text = outer.joined() + name.text.unquoted
        let around = context.lexicalContext.compactMap { $0.asProtocol((any WithGenericParametersSyntax).self)?.genericParameterClause }
        self.generics = Set((around + [generics].compactMap(\.self)).flatMap { $0.parameters.map(\.name.text) })
        let parameters = generics?.parameters.map { "\($0.name.text).schema.name" } ?? []
        suffix = parameters.joined(separator: " + \"And\" + ")
        source = suffix.isEmpty ? text.literal : (text + "Of").literal + " + " + suffix
    }

    /// The name's source of what a case of the type holds.
    func source(of payload: String) -> String {
        suffix.isEmpty ? (text + payload).literal : (text + payload + "Of").literal + " + " + suffix
    }
}
