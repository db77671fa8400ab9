import SwiftSyntax
import SwiftSyntaxMacros

extension [ModelField] {
    /// The struct with a property for each property of the model, for expressions.
    /// - Parameter head: The name of the struct and its conformance.
    func columns(_ head: String, _ access: String, in context: some MacroExpansionContext) -> [String] {
        .block(
            "\(access)struct \(head) {",
            declarations(in: context) + [""]
                + .block(
                    "\(access)init(of source: RoostData.ColumnSource) {",
                    map { "self.\($0.identifier) = \($0.columns($0.column.literal))" }) + [""] + nodes(access))
    }

    /// The declarations of the properties of `Columns`.
    private func declarations(in context: some MacroExpansionContext) -> [String] {
        flatMap { field in
            field.isKnown ? [field.columnsDeclaration] : context.line(field.columnsDeclaration, asAt: field.syntax)
        }.placed
    }

    private func nodes(_ access: String) -> [String] {
        .block(
            "\(access)var nodes: [RoostData.SQLNode] {",
            ["var nodes: [RoostData.SQLNode] = []"] + map { "nodes += self.\($0.identifier).nodes" } + ["return nodes"])
    }

    /// The initializer from a row.
    func reading(_ access: String) -> [String] {
        .block(
            "\(access)init(row: inout RoostData.RowReader) throws(RoostData.RowReader.Failure) {",
            map { "self.\($0.identifier) = \($0.reading)" })
    }

    /// The function that binds all columns.
    func binding(_ access: String) -> [String] {
        .block("\(access)func bind(to bindings: inout [RoostData.SQLData]) {", map(\.binding))
    }

    /// The statements that collect the columns of the table. There is one for each property, because the compiler takes much longer for a
    /// single long expression.
    /// - Parameters:
    ///   - statement: Returns a statement for an expression of a property's columns.
    ///   - name: Returns the source of the name of a property's column.
    func tableColumns(
        in context: some MacroExpansionContext, _ statement: (String) -> String, _ name: (ModelField) -> String
    ) -> [String] {
        flatMap { field in
            let line = statement(field.tableColumns(name(field)))
            return field.isKnown ? [line] : context.line(line, asAt: field.syntax)
        }.placed
    }

    /// The members of a column group.
    func group(of type: String, _ access: String, in context: some MacroExpansionContext) -> [[String]] {
        func name(_ field: ModelField) -> String { "name + \(("_" + field.column).literal)" }
        let columns: [String] = .block(
            "\(access)struct StoredColumns: RoostData.ColumnExpressions {",
            declarations(in: context) + [""]
                + .block(
                    "\(access)init(_ name: String, of source: RoostData.ColumnSource) {",
                    map { "self.\($0.identifier) = \($0.columns(name($0)))" }) + [""]
                + nodes(access) + [""]
                + .block(
                    "\(access)mutating func set(_ value: \(type)) {",
                    map { "self.\($0.identifier).set(value.\($0.identifier))" }))
        return [
            columns,
            .block(
                "\(access)static func storedColumns(_ name: String, of source: RoostData.ColumnSource) -> StoredColumns {",
                ["StoredColumns(name, of: source)"]),
            .block(
                "\(access)static func tableColumns(_ name: String) -> [RoostData.TableColumn] {",
                ["var columns: [RoostData.TableColumn] = []"] + tableColumns(in: context, { "columns += \($0)" }, name)
                    + ["return columns"]),
            binding(access),
        ]
    }
}

extension StructDeclSyntax {
    /// The initializer with all properties, if the compiler synthesizes none that the users of the type can call, and no other macro does.
    func memberwiseInitializer(_ fields: [ModelField]) -> [String]? {
        let access = AccessLevel(of: modifiers)
        let hasOwn = memberBlock.members.contains { $0.decl.is(InitializerDeclSyntax.self) }
        guard access == .public || access == .package, !hasOwn, !isSchema else { return nil }
        let parameters = fields.map { field in
            let fallback = field.fallback?.trimmedDescription ?? (field.type.isOptional ? "nil" : nil)
            return "\(field.identifier): \(field.type.text)\(fallback.map { " = " + $0 } ?? "")"
        }
        return .block(
            "\(access.memberModifier)init(\(parameters.joined(separator: ", "))) {",
            fields.map { "self.\($0.identifier) = \($0.identifier)" })
    }

    /// Whether `@Schema` also adds members and conformances to the struct.
    var isSchema: Bool { !attributes.named(["Schema"]).isEmpty }

    /// The conformance to `Sendable`. Every type that can be stored is `Sendable`, so the compiler does not need to check it again, which would
    /// report a type that cannot be stored twice. The storage of a `lazy` property is not a column, so the compiler checks such a struct.
    /// - Parameter missing: The conformances that the compiler asks for.
    func sendability(_ missing: [TypeSyntax]) -> [String] {
        let isMissing = missing.contains { $0.trimmedDescription.components.last == "Sendable" }
        return isSchema || !isMissing ? [] : [(hasLazyProperty ? "" : "@unchecked ") + "Swift.Sendable"]
    }
}
