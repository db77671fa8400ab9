import SwiftSyntax
import SwiftSyntaxMacros

/// `@Schema`: generates the members that make a struct or an enum a schema, and the conformance.
///
/// The members are not in an extension, because those in an extension of a nested type do not see the types beside it.
public struct SchemaMacro: MemberMacro, ExtensionMacro {
    /// The generated text is already formatted.
    public static let formatMode = FormatMode.disabled

    /// Adds the type's schema, its encodings and its checks as members.
    /// - Throws: An error that reports every mistake in the declaration.
    public static func expansion(
        of node: AttributeSyntax, providingMembersOf declaration: some DeclGroupSyntax, conformingTo protocols: [TypeSyntax],
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        var findings = Findings()
        let expansion = expansion(of: declaration, node, in: context, &findings)
        try findings.check()
        return expansion?.members().map(\.declaration) ?? []
    }

    /// Adds the conformance to `Schema`.
    public static func expansion(
        of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax, providingExtensionsOf type: some TypeSyntaxProtocol,
        conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
    ) throws -> [ExtensionDeclSyntax] {
        // The other role reports the errors.
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
        findings.error(
            "@Schema can only be applied to a struct or an enum, because values are sent as copies and not as references",
            at: declaration.introducer)
        return nil
    }
}

/// The members that make a type a schema.
protocol SchemaExpansion {
    /// The unqualified names of the protocols to which the type will conform.
    var conformances: [String] { get }
    /// Whether the type contains nothing but fields. Each of them is a schema, and every schema is `Sendable`, so the compiler need not
    /// check this again, and does not report a type that is not a schema a second time.
    var isSendableByFields: Bool { get }
    /// The lines of each member. They are generated on demand: the role that adds the conformance does not need them.
    var members: () -> [[String]] { get }
}

/// The name of a type in documents: its own, preceded by those of the types around it.
struct SchemaName {
    /// The source of the name: for `Page<Item>`, `"PageOf" + Item.schema.name`.
    let source: String
    let text: String
    /// The names of the generic parameters of the type and of the types around it.
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

    /// The source of the name of a case's payload.
    func source(of payload: String) -> String {
        suffix.isEmpty ? (text + payload).literal : (text + payload + "Of").literal + " + " + suffix
    }
}
