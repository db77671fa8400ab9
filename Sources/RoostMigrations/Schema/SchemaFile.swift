public import Roost
import RoostData

/// The content of a migration's `schema.json`: the whole schema after it, with a line for each column and index, sorted.
@Schema
public struct SchemaFile {
    /// The name of the migration.
    public var migration: String
    /// The identifier of the migration that this one follows.
    public var parent: String?
    /// The columns of all tables.
    public var columns: [SchemaColumn]
    /// The indexes of all tables.
    public var indexes: [SchemaIndex]
}

extension SchemaFile {
    /// Reads a file.
    /// - Throws: A `ConfigurationError` if it is not such a file.
    static func read(_ text: String, of migration: String) throws(ConfigurationError) -> SchemaFile {
        do {
            return try JSON.decode(SchemaFile.self, from: Array(text.utf8))
        } catch {
            throw ConfigurationError("the schema.json of \(migration) cannot be read: \(error.problem)")
        }
    }

    init(_ schema: DatabaseSchema, after migration: String, parent: String?) {
        let sorted = schema.sorted
        self.init(migration: migration, parent: parent, columns: sorted.columns, indexes: sorted.indexes)
    }

    var schema: DatabaseSchema { DatabaseSchema(columns: columns, indexes: indexes) }

    /// The text of the file.
    var text: String {
        let head = "\"migration\": \(JSON.text(migration)),\n\"parent\": \(parent.map { JSON.text($0) } ?? "null")"
        return "{\n\(head),\n\"columns\": \(Self.list(columns)),\n\"indexes\": \(Self.list(indexes))\n}\n"
    }

    private static func list(_ entries: [some Schema]) -> String {
        entries.isEmpty ? "[]" : "[\n" + entries.map { JSON.text($0) }.joined(separator: ",\n") + "\n]"
    }
}
