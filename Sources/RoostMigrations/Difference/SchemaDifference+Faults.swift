extension SchemaDifference {
    /// Returns what is refused before any statement is written, one line for each fault.
    /// - Parameter conversions: The columns whose types may change although values can be lost, such as `products.weight`.
    func faults(converting conversions: Set<String> = []) -> [String] {
        changed.flatMap { change -> [String] in
            change.added.compactMap(Self.fault) + change.altered.compactMap { Self.fault($0.before, $0.after, conversions) }
        }
    }

    private static func fault(_ column: SchemaColumn) -> String? {
        if column.isNullable || column.fallback != nil || column.generated == true { return nil }
        return """
            \(column.path) is added to a table that may have rows, which need a value: give the property a value (`var \(column.column) = …`), \
            make it optional, or add it as optional first and fill it with a backfill
            """
    }

    private static func fault(_ before: SchemaColumn, _ after: SchemaColumn, _ conversions: Set<String>) -> String? {
        if before.generated != after.generated {
            return "\(after.path): whether the engine makes the key cannot be changed: add a new table"
        }
        if before.type == after.type { return nil }
        let what = "\(after.path) changes from \(before.type) to \(after.type)"
        if after.postgresConversion("", from: before) == nil {
            return "\(what), which PostgreSQL cannot convert: add a column of the new type, and fill it"
        }
        guard after.canLoseValues(of: before), !conversions.contains(after.path) else { return nil }
        return "\(what), which can change or lose values: add a column of the new type and fill it, or say --convert \(after.path)"
    }
}

extension SchemaColumn {
    /// Returns whether values of an earlier column may not survive the change of its type.
    fileprivate func canLoseValues(of before: SchemaColumn) -> Bool {
        !(type == "text" && ["integer", "uuid", "json"].contains(before.type))
    }
}
