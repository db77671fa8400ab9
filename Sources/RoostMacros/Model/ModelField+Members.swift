import SwiftSyntax

extension [ModelField] {
    /// The struct with a property for each property of the model, for expressions.
    /// - Parameter head: The name of the struct and its conformance.
    func columns(_ head: String, _ access: String) -> [String] {
        .block(
            "\(access)struct \(head) {",
            map { "\(access)var \($0.identifier): \($0.columnsType)" } + [""]
                + .block(
                    "\(access)init(of source: RoostData.ColumnSource) {", map { "\($0.identifier) = \($0.columns($0.column.literal))" }) + [
                    ""
                ]
                + nodes(access))
    }

    private func nodes(_ access: String) -> [String] {
        .block(
            "\(access)var nodes: [RoostData.SQLNode] {",
            ["var nodes: [RoostData.SQLNode] = []"] + map { "nodes += \($0.identifier).nodes" } + ["return nodes"])
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

    /// The members of a column group.
    func group(of type: String, _ access: String) -> [[String]] {
        let named = map { (field: $0, name: "name + \(("_" + $0.column).literal)") }
        let columns: [String] = .block(
            "\(access)struct StoredColumns: RoostData.ColumnExpressions {",
            map { "\(access)var \($0.identifier): \($0.columnsType)" } + [""]
                + .block(
                    "\(access)init(_ name: String, of source: RoostData.ColumnSource) {",
                    named.map { "\($0.field.identifier) = \($0.field.columns($0.name))" }) + [""]
                + nodes(access) + [""]
                + .block(
                    "\(access)mutating func set(_ value: \(type)) {",
                    map { "\($0.identifier).set(value.\($0.identifier))" }))
        return [
            columns,
            .block(
                "\(access)static func storedColumns(_ name: String, of source: RoostData.ColumnSource) -> StoredColumns {",
                ["StoredColumns(name, of: source)"]),
            .block(
                "\(access)static func tableColumns(_ name: String) -> [RoostData.TableColumn] {",
                ["var columns: [RoostData.TableColumn] = []"] + named.map { "columns += \($0.field.tableColumns($0.name))" } + [
                    "return columns"
                ]),
            binding(access),
        ]
    }
}

extension StructDeclSyntax {
    /// The initializer with all properties, if the compiler synthesizes none that the users of the type can call, and no other macro does.
    func memberwiseInitializer(_ fields: [ModelField]) -> [String]? {
        let access = AccessLevel(of: modifiers)
        let hasOwn = memberBlock.members.contains { $0.decl.is(InitializerDeclSyntax.self) }
        guard access == .public || access == .package, !hasOwn, attributes.named(["Schema"]).isEmpty else { return nil }
        let parameters = fields.map { field in
            let fallback = field.fallback?.trimmedDescription ?? (field.type.isOptional ? "nil" : nil)
            return "\(field.identifier): \(field.type.text)\(fallback.map { " = " + $0 } ?? "")"
        }
        return .block(
            "\(access.memberModifier)init(\(parameters.joined(separator: ", "))) {",
            fields.map { "self.\($0.identifier) = \($0.identifier)" })
    }
}
