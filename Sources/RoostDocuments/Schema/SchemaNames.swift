import Roost

/// What a document calls the types of one owner. A name that two owners give to different types bears the owner's name before it.
struct SchemaNames: Sendable {
    private var renamed: [String: String] = [:]

    subscript(type: String) -> String { renamed[type] ?? type }

    /// - Parameter owners: the schemas that each uses. What an owner without a name uses keeps its names.
    /// - Returns: the names of each, in the same order.
    static func of(_ owners: [(owner: String, schemas: [JSONSchema])]) -> [SchemaNames] {
        let types = owners.map { owner in
            var named = NamedTypes()
            for schema in owner.schemas { named.visit(schema) }
            return named.types.mapValues(\.document)
        }
        // The whole document of a type tells types apart: it has all that they refer to in it.
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
        case .scalar: break
        case .array(let schema), .dictionary(let schema), .nullable(let schema), .constrained(let schema, _): visit(schema)
        case .words(let name, _, _): types[name] = schema
        case .object(let name, _, let fields), .choice(let name, _, let fields):
            guard types[name] == nil else { return }
            types[name] = schema
            for field in fields() { visit(field.schema) }
        }
    }
}
