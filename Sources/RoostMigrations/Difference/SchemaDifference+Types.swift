extension SchemaDifference {
    /// The columns whose types change.
    var retyped: [(before: SchemaColumn, after: SchemaColumn)] {
        changed.flatMap(\.altered).filter { $0.before.type != $0.after.type }
    }

    /// The columns before the change that refer to others, and cannot do so while it is made: the type of one of the two columns changes, or
    /// the key of the other table.
    var looseReferences: [SchemaColumn] {
        let types = Set(retyped.map(\.after.path)), keys = Set(changed.filter(\.changesKey).map(\.after.name))
        return before.columns.filter { column in
            guard let other = column.references else { return false }
            let key = before.table(other)?.key.map { "\(other).\($0)" } ?? []
            return types.contains(column.path) || keys.contains(other) || !types.isDisjoint(with: key)
        }
    }
}

extension SchemaDifference.TableChange {
    /// The indexes that stay and have a column that becomes optional, or no longer is: on PostgreSQL, they sort `NULL` elsewhere then.
    var reorderedIndexes: [SchemaIndex] {
        let columns = Set(altered.filter { $0.before.isNullable != $0.after.isNullable }.map(\.after.column)), added = addedIndexes
        return after.indexes.filter { index in
            !columns.isDisjoint(with: index.columns) && !added.contains { $0.isEquivalent(to: index) }
        }
    }
}
