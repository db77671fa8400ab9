import SwiftSyntax
import SwiftSyntaxMacros

/// `@ColumnGroup`: generates the columns of a struct that is stored in several columns.
public struct ColumnGroupMacro: MemberMacro, ExtensionMacro {
    /// The generated text is already formatted.
    public static let formatMode = FormatMode.disabled

    /// Adds the members.
    /// - Throws: An error that reports every mistake in the declaration.
    public static func expansion(
        of node: AttributeSyntax, providingMembersOf declaration: some DeclGroupSyntax, conformingTo protocols: [TypeSyntax],
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        var findings = Findings()
        let fields = Self.fields(of: declaration, &findings)
        try findings.check()
        guard let declaration = declaration.as(StructDeclSyntax.self) else { return [] }
        let members = fields.group(
            of: declaration.name.text, AccessLevel(of: declaration.modifiers).memberModifier, in: context)
        return ([declaration.memberwiseInitializer(fields)].compactMap { $0 } + members).map(\.declaration)
    }

    /// Adds the conformance.
    public static func expansion(
        of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax, providingExtensionsOf type: some TypeSyntaxProtocol,
        conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
    ) throws -> [ExtensionDeclSyntax] {
        // The other role reports the errors.
        var findings = Findings()
        let fields = Self.fields(of: declaration, &findings)
        guard let declaration = declaration.as(StructDeclSyntax.self), findings.diagnostics.isEmpty else { return [] }
        let conformances = (["RoostData.Storable"] + declaration.sendability(protocols)).joined(separator: ", ")
        let reading = fields.reading(AccessLevel(of: declaration.modifiers).memberModifier)
        let source = [String].block("extension \(type.trimmed): \(conformances) {", reading).source
        return [try ExtensionDeclSyntax("\(raw: source)")]
    }

    private static func fields(of declaration: some DeclGroupSyntax, _ findings: inout Findings) -> [ModelField] {
        guard let declaration = declaration.as(StructDeclSyntax.self) else {
            findings.error("@ColumnGroup can only be applied to a struct", at: declaration.introducer)
            return []
        }
        let fields = declaration.modelFields(&findings)
        if declaration.storesNothing { findings.error("a column group needs at least one stored property", at: declaration.name) }
        fields.checkColumns(&findings)
        fields.check(without: ["nodes", "storedColumns", "tableColumns"], &findings)
        for attribute in fields.flatMap({ $0.attributes.named(ModelField.rowAttributes) }) {
            findings.error("@\(attribute.name) says something about a whole row: write it in the model", at: attribute)
        }
        return fields
    }
}
