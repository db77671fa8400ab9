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
        return expansion?.members.map(\.declaration) ?? []
    }

    /// Adds the conformance.
    public static func expansion(
        of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax, providingExtensionsOf type: some TypeSyntaxProtocol,
        conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
    ) throws -> [ExtensionDeclSyntax] {
        // The other role reports the errors.
        var findings = Findings()
        guard let expansion = ModelExpansion(declaration, node, &findings), findings.diagnostics.isEmpty else { return [] }
        let source = [String].block("extension \(type.trimmed): \(expansion.conformance) {", expansion.reading).source
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
            findings.error("write the name of the table here: a macro can't see the value of a name", at: node)
            return nil
        }
        self.declaration = declaration
        self.table = table
        fields = declaration.modelFields(&findings)
        indexes = Self.indexes(node, fields, &findings)
        access = AccessLevel(of: declaration.modifiers).memberModifier
        if fields.isEmpty { findings.error("a model needs at least one stored property", at: declaration.name) }
        Self.checkColumns(fields, &findings)
        Self.checkRoles(fields, &findings)
    }

    /// The property that identifies a row alone.
    private var key: ModelField? {
        let keys = fields.filter(\.isKey)
        return keys.count == 1 ? keys[0] : nil
    }

    var conformance: String { key == nil ? "RoostData.Model" : "RoostData.Model, RoostData.KeyedModel" }

    var members: [[String]] {
        [declaration.memberwiseInitializer(fields)].compactMap { $0 } + [
            columns, tableMember, ["\(access)static let columns: Columns = Columns(of: .first)"],
        ]
            + [fields.binding(access)] + keyMembers
    }

    /// The initializer from a row. It is in an extension, so that the struct keeps the initializer that the compiler synthesizes.
    var reading: [String] { fields.reading(access) }

    private var columns: [String] { fields.columns("Columns: RoostData.ModelColumns", access) }

    private var tableMember: [String] {
        let name = table.literal
        // One statement for each property: the compiler takes much longer for one long expression.
        let body =
            ["var columns: [[RoostData.TableColumn]] = []"]
            + fields.map { "columns.append(\($0.tableColumns($0.column.literal)))" }
            + ["return RoostData.Table(\(name), columns\(indexes.isEmpty ? "" : ", indexes: [\(indexes.joined(separator: ", "))]"))"]
        return .block("\(access)static let table: RoostData.Table = {", body, "}()")
    }

    private var keyMembers: [[String]] {
        guard let key else { return [] }
        return [
            ["\(access)typealias ID = \(key.type.text)"],
            ["\(access)static func key(_ columns: Columns) -> RoostData.Expr<\(key.type.text)> { columns.\(key.identifier) }"],
        ] + (key.identifier == "key" ? [] : [["\(access)var key: \(key.type.text) { \(key.identifier) }"]])
    }
}

extension ModelExpansion {
    /// The indexes that the arguments `indexes` and `unique` list, each with the names of its properties.
    private static func indexes(_ node: AttributeSyntax, _ fields: [ModelField], _ findings: inout Findings) -> [String] {
        ["indexes", "unique"].flatMap { label -> [String] in
            guard let list = node.argument(label) else { return [] }
            let lists = list.as(ArrayExprSyntax.self)?.elements.map(\.expression) ?? []
            return lists.compactMap { element in
                let names = element.as(ArrayExprSyntax.self)?.elements.map(\.expression) ?? []
                let columns = names.compactMap { column(named: $0, in: fields, &findings) }
                guard !columns.isEmpty, columns.count == names.count else { return nil }
                let list = columns.map(\.literal).joined(separator: ", ")
                return "RoostData.TableIndex([\(list)]\(label == "unique" ? ", isUnique: true" : ""))"
            }
        }
    }

    private static func column(named name: ExprSyntax, in fields: [ModelField], _ findings: inout Findings) -> String? {
        guard let text = name.plainText, let field = fields.first(where: { $0.identifier.unquoted == text }) else {
            findings.error("write the name of a property here, in quotation marks", at: name)
            return nil
        }
        return field.column
    }

    private static func checkColumns(_ fields: [ModelField], _ findings: inout Findings) {
        var seen: Set<String> = []
        for field in fields where !seen.insert(field.column).inserted {
            findings.error(
                "another property is stored in the column `\(field.column)`: give one of them another with @Column", at: field.syntax)
        }
    }

    private static func checkRoles(_ fields: [ModelField], _ findings: inout Findings) {
        for name in ["Version", "UpdatedAt", "DeletedAt"] {
            let marked = fields.filter { $0.has(name) }
            for field in marked.dropFirst() { findings.error("only one property can be marked @\(name)", at: field.syntax) }
            guard let field = marked.first else { continue }
            let isRight = name == "Version" ? field.type.text == "Int" : field.type.core.text == "Date"
            let type = name == "Version" ? "Int" : name == "DeletedAt" ? "Date?" : "Date"
            if !isRight || (name == "DeletedAt") != field.type.isOptional {
                findings.error("@\(name) must be on a property of the type \(type)", at: field.syntax)
            }
        }
    }
}

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
        guard let declaration = declaration.as(StructDeclSyntax.self) else {
            findings.error("@ColumnGroup can only be applied to a struct", at: declaration.introducer)
            try findings.check()
            return []
        }
        let fields = declaration.modelFields(&findings)
        try findings.check()
        let members = fields.group(of: declaration.name.text, AccessLevel(of: declaration.modifiers).memberModifier)
        return ([declaration.memberwiseInitializer(fields)].compactMap { $0 } + members).map(\.declaration)
    }

    /// Adds the conformance.
    public static func expansion(
        of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax, providingExtensionsOf type: some TypeSyntaxProtocol,
        conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
    ) throws -> [ExtensionDeclSyntax] {
        var findings = Findings()
        guard let declaration = declaration.as(StructDeclSyntax.self) else { return [] }
        let fields = declaration.modelFields(&findings), access = AccessLevel(of: declaration.modifiers).memberModifier
        guard findings.diagnostics.isEmpty else { return [] }
        let source = [String].block("extension \(type.trimmed): RoostData.Storable {", fields.reading(access)).source
        return [try ExtensionDeclSyntax("\(raw: source)")]
    }
}

/// Attributes of a property that generate nothing: `@Model` reads them.
public struct ColumnAttributeMacro: PeerMacro {
    /// Generates nothing.
    public static func expansion(
        of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
    ) throws -> [DeclSyntax] { [] }
}
