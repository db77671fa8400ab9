import RoostData

extension SchemaColumn {
    /// Returns the expression on PostgreSQL that makes a value of the column from one of an earlier type; `nil` if there is none. Where
    /// PostgreSQL has no conversion of its own, the value has the meaning that it has on SQLite.
    /// - Parameters:
    ///   - name: The column, as it is written in statements.
    ///   - before: The column with its earlier type.
    func postgresConversion(_ name: String, from before: SchemaColumn) -> String? {
        guard let new = columnType, let old = before.columnType else { return "\(name)::\(type)" }
        let type = Dialect.postgres.name(of: new)
        return switch (old, new) {
        case (.boolean, .integer), (.boolean, .real): "\(name)::integer::\(type)"
        case (.integer, .boolean), (.real, .boolean): "\(name) <> 0"
        // On SQLite, a time is the number of milliseconds since 1970.
        case (.time, .integer), (.time, .real): "(extract(epoch FROM \(name)) * 1000)::\(type)"
        case (.integer, .time), (.real, .time): "to_timestamp(\(name)::double precision / 1000)"
        case (.integer, .json), (.real, .json): "to_jsonb(\(name))"
        case (.blob, .text): "convert_from(\(name), 'UTF8')"
        case (.text, .blob): "convert_to(\(name), 'UTF8')"
        case (_, .text), (.text, _), (.integer, .real), (.real, .integer): "\(name)::\(type)"
        case (.json, .boolean), (.json, .integer), (.json, .real): "\(name)::\(type)"
        default: old == new ? name : nil
        }
    }
}
