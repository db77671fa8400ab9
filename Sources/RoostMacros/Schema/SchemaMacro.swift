import SwiftSyntax
import SwiftSyntaxMacros

/// `@Schema`: the conformance of a struct or an enum.
public struct SchemaMacro: ExtensionMacro, MemberMacro {
    /// The text is laid out as it is written.
    public static let formatMode = FormatMode.disabled

    public static func expansion(
        of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax, providingExtensionsOf type: some TypeSyntaxProtocol,
        conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
    ) throws -> [ExtensionDeclSyntax] {
        var findings = Findings()
        let name = type.trimmedDescription, wanted = protocols.map(\.trimmedDescription)
        let expansion = expansion(of: declaration, name, in: context, &findings)
        try findings.check()
        guard let expansion else { return [] }
        let conformances = expansion.conformances.filter(wanted.contains)
        let head = "extension \(name)\(conformances.isEmpty ? "" : ": " + conformances.joined(separator: ", ")) {"
        let source = [String].block(head, expansion.members).source
        return [try ExtensionDeclSyntax("\(raw: source)")]
    }

    private static func expansion(
        of declaration: some DeclGroupSyntax, _ type: String, in context: some MacroExpansionContext, _ findings: inout Findings
    ) -> SchemaExpansion? {
        let access = AccessLevel(of: declaration.modifiers).memberModifier
        if let declaration = declaration.as(StructDeclSyntax.self) {
            let name = SchemaName(declaration.name, declaration.genericParameterClause, in: context)
            return StructExpansion(declaration, type, name, access, &findings)
        }
        if let declaration = declaration.as(EnumDeclSyntax.self) {
            let name = SchemaName(declaration.name, declaration.genericParameterClause, in: context)
            let hasPayload = declaration.cases.contains { $0.parameterClause != nil }
            return hasPayload
                ? ChoiceExpansion(declaration, type, name, access, &findings)
                : WordsExpansion(declaration, access, &findings)
        }
        findings.error("@Schema goes on a struct or an enum: a value that travels is a copy, not a reference", at: declaration.introducer)
        return nil
    }

    public static func expansion(
        of node: AttributeSyntax, providingMembersOf declaration: some DeclGroupSyntax, conformingTo protocols: [TypeSyntax],
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        // The other role reports what is wrong.
        var findings = Findings()
        guard let declaration = declaration.as(StructDeclSyntax.self) else { return [] }
        let fields = declaration.schemaFields(&findings)
        guard findings.diagnostics.isEmpty, let source = declaration.memberwiseInitializer(fields) else { return [] }
        return ["\(raw: source)"]
    }
}

/// What makes a type a schema.
protocol SchemaExpansion {
    var conformances: [String] { get }
    var members: [String] { get }
}

/// The name under which documents know a type: its own, with those of the types around it before it.
struct SchemaName {
    /// The name's source: for `Page<Item>`, `"PageOf" + Item.schema.name`.
    let source: String
    let text: String

    init(_ name: TokenSyntax, _ generics: GenericParameterClauseSyntax?, in context: some MacroExpansionContext) {
        let outer = context.lexicalContext.reversed().compactMap { node in
            node.asProtocol((any NamedDeclSyntax).self)?.name.text.unquoted
                ?? node.as(ExtensionDeclSyntax.self)?.extendedType.trimmedDescription.replacing(".", with: "")
        }
        text = outer.joined() + name.text.unquoted
        let parameters = generics?.parameters.map { "\($0.name.text).schema.name" } ?? []
        source = parameters.isEmpty ? text.literal : (text + "Of").literal + " + " + parameters.joined(separator: " + \"And\" + ")
    }
}

