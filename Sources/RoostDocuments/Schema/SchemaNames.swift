import Roost

/// The names of one owner's types in a document. If two owners use the same name for different types, the owner's name is put before it.
struct SchemaNames: Sendable {
    private var renamed: [String: String] = [:]

    subscript(type: String) -> String { renamed[type] ?? type }

    /// Returns the names for each owner, in the same order.
    /// - Parameter owners: The owners and the schemas that they use. The types of an owner with an empty name keep their names.
    static func of(_ owners: [(owner: String, schemas: [JSONSchema])]) -> [SchemaNames] {
        let types = owners.map { owner in
            var named = NamedTypes()
            for schema in owner.schemas { named.visit(schema) }
            return named.types.mapValues(\.document)
        }
        // Types are compared by their whole document, which includes all types that they refer to.
        var shapes: [String: Set<String>] = [:]
        for types in types { shapes.merge(types.mapValues { [$0] }) { $0.union($1) } }
        return zip(owners, types).map { owner, types in
            var names = SchemaNames()
            guard !owner.owner.isEmpty else { return names }
            let word = ProcedureName(operation: owner.owner).service
            for type in types.keys where shapes[type, default: []].count > 1 { names.renamed[type] = word + type }
            return names
        }
    }
}

/// Finds the named types that schemas refer to.
private struct NamedTypes {
    private(set) var types: [String: JSONSchema] = [:]

    mutating func visit(_ schema: JSONSchema) {
        switch schema {
        case .scalar, .anything: break
        case .array(let schema), .dictionary(let schema), .nullable(let schema), .constrained(let schema, _): visit(schema)
        case .words(let name, _, _): types[name] = schema
        case .object(let name, _, let fields), .choice(let name, _, let fields):
            guard types[name] == nil else { return }
            types[name] = schema
            for field in fields() { visit(field.schema) }
        }
    }
}
