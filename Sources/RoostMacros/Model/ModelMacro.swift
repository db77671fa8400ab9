import SwiftSyntax
import SwiftSyntaxMacros

/// `@Model`: generates the columns of a struct as expressions, its table, and how rows are read and written.
public struct ModelMacro: MemberMacro, ExtensionMacro {
    /// The generated text is already formatted.
    public static let formatMode = FormatMode.disabled

    /// Adds the members.
    /// - Throws: An error that reports every mistake in the declaration.
    public static func expansion(
        of node: AttributeSyntax, providingMembersOf declaration: some DeclGroupSyntax, conformingTo protocols: [TypeSyntax],
        in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] {
        var findings = Findings()
        let expansion = ModelExpansion(declaration, node, &findings)
        try findings.check()
        return expansion?.members(in: context).map(\.declaration) ?? []
    }

    /// Adds the conformance.
    public static func expansion(
        of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax, providingExtensionsOf type: some TypeSyntaxProtocol,
        conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
    ) throws -> [ExtensionDeclSyntax] {
        // The other role reports the errors.
        var findings = Findings()
        guard let expansion = ModelExpansion(declaration, node, &findings), findings.diagnostics.isEmpty else { return [] }
        let source = [String].block("extension \(type.trimmed): \(expansion.conformances(protocols)) {", expansion.reading).source
        return [try ExtensionDeclSyntax("\(raw: source)")]
    }
}

/// The members that make a struct a model.
struct ModelExpansion {
    private let declaration: StructDeclSyntax
    private let table: String
    private let fields: [ModelField]
    private let indexes: [String]
    private let access: String

    init?(_ declaration: some DeclGroupSyntax, _ node: AttributeSyntax, _ findings: inout Findings) {
        guard let declaration = declaration.as(StructDeclSyntax.self) else {
            findings.error("@Model can only be applied to a struct: a row is a plain value", at: declaration.introducer)
            return nil
        }
        guard let table = node.argument(nil)?.plainText, !table.isEmpty else {
            findings.error("write the name of the table here, in quotation marks: a macro can't see the value of a name", at: node)
            return nil
        }
        self.declaration = declaration
        self.table = table
        fields = declaration.modelFields(&findings)
        indexes = fields.indexes(node, &findings)
        access = AccessLevel(of: declaration.modifiers).memberModifier
        if declaration.storesNothing {
            findings.error("a model needs at least one stored property", at: declaration.name)
        }
        fields.checkColumns(&findings)
        fields.checkKeys(&findings)
        fields.checkRoles(&findings)
        fields.check(without: ["columns", "table", "nodes"], &findings)
        // Only the key itself can be named so.
        if let key, key.identifier != "key" { fields.check(without: ["key"], &findings) }
    }

    /// The property that identifies a row alone.
    private var key: ModelField? {
        let keys = fields.filter(\.isKey)
        return keys.count == 1 ? keys[0] : nil
    }

    /// - Parameter missing: The conformances that the compiler asks for.
    func conformances(_ missing: [TypeSyntax]) -> String {
        (["RoostData.Model"] + (key == nil ? [] : ["RoostData.KeyedModel"]) + declaration.sendability(missing)).joined(separator: ", ")
    }

    func members(in context: some MacroExpansionContext) -> [[String]] {
        [declaration.memberwiseInitializer(fields)].compactMap { $0 } + [
            fields.columns("Columns: RoostData.ModelColumns", access, in: context), tableMember(in: context),
            ["\(access)static let columns: Columns = Columns(of: .first)"], fields.binding(access),
        ] + keyMembers
    }

    /// The initializer from a row. It is in an extension, so that the struct keeps the initializer that the compiler synthesizes.
    var reading: [String] { fields.reading(access) }

    private func tableMember(in context: some MacroExpansionContext) -> [String] {
        let body =
            ["var columns: [[RoostData.TableColumn]] = []"]
            + fields.tableColumns(in: context, { "columns.append(\($0))" }, { $0.column.literal })
            + [
                "return RoostData.Table(\(table.literal), columns\(indexes.isEmpty ? "" : ", indexes: [\(indexes.joined(separator: ", "))]"))"
            ]
        return .block("\(access)static let table: RoostData.Table = {", body, "}()")
    }

    private var keyMembers: [[String]] {
        guard let key else { return [] }
        // A struct may have a type `ID` of its own for its key.
        let names = key.type.text == "ID" ? [] : [["\(access)typealias ID = \(key.type.text)"]]
        return names + [["\(access)static func key(_ columns: Columns) -> RoostData.Expr<\(key.type.text)> { columns.\(key.identifier) }"]]
            + (key.identifier == "key" ? [] : [["\(access)var key: \(key.type.text) { self.\(key.identifier) }"]])
    }
}

/// Attributes of a property that generate nothing: `@Model` reads them.
public struct ColumnAttributeMacro: PeerMacro {
    /// Generates nothing.
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] { [] }
}
