import Roost
import RoostData

/// What leads from one schema to another.
struct SchemaDifference {
    /// A column or a table that has another name.
    struct Rename: Hashable {
        let table: String
        /// `nil` if the table itself has another name.
        let column: String?
        let name: String
    }

    /// A rename, and what follows from it.
    struct RenameStep {
        let rename: Rename
        /// The schema after the rename.
        let schema: DatabaseSchema
        /// The indexes that have another name, with their names before.
        let indexes: [(before: String, after: SchemaIndex)]
    }

    /// A table that is in both schemas, and differs.
    struct TableChange {
        let before: SchemaTable
        let after: SchemaTable

        var added: [SchemaColumn] { after.columns.filter { before.column($0.column) == nil } }
        var dropped: [SchemaColumn] { before.columns.filter { after.column($0.column) == nil } }
        var altered: [(before: SchemaColumn, after: SchemaColumn)] {
            after.columns.compactMap { column in
                before.column(column.column).flatMap { $0 == column ? nil : ($0, column) }
            }
        }
        var addedIndexes: [SchemaIndex] { after.indexes.filter { index in !before.indexes.contains { $0.isEquivalent(to: index) } } }
        var droppedIndexes: [SchemaIndex] { before.indexes.filter { index in !after.indexes.contains { $0.isEquivalent(to: index) } } }
        var changesKey: Bool { before.key != after.key }
    }

    /// The schema before, with the new names.
    let before: DatabaseSchema
    let after: DatabaseSchema
    let renames: [Rename]
    /// The renames, in order.
    let steps: [RenameStep]
    private(set) var created: [SchemaTable] = []
    private(set) var dropped: [SchemaTable] = []
    private(set) var changed: [TableChange] = []

    /// Finds the difference.
    /// - Parameters:
    ///   - old: The schema before.
    ///   - new: The schema after.
    ///   - renames: What has another name; tables before columns, which are given with their tables' new names.
    init(from old: DatabaseSchema, to new: DatabaseSchema, renames: [Rename] = []) {
        steps = Self.steps(renames, from: old)
        before = steps.last?.schema ?? old
        after = new.keepingIndexNames(of: before)
        self.renames = renames
        for name in after.tableNames {
            guard let table = after.table(name) else { continue }
            guard let earlier = before.table(name) else {
                created.append(table)
                continue
            }
            let change = TableChange(before: earlier, after: table)
            let isSame = Set(earlier.columns) == Set(table.columns) && change.addedIndexes.isEmpty && change.droppedIndexes.isEmpty
            if !isSame { changed.append(change) }
        }
        dropped = before.tableNames.filter { after.table($0) == nil }.compactMap { before.table($0) }
        created = Self.sorted(created)
        dropped = Self.sorted(dropped).reversed()
    }

    private static func steps(_ renames: [Rename], from old: DatabaseSchema) -> [RenameStep] {
        var schema = old
        return renames.map { rename in
            let next = schema.applying(rename)
            let indexes = zip(schema.indexes, next.indexes).filter { $0.index != $1.index }.map { (before: $0.index, after: $1) }
            schema = next
            return RenameStep(rename: rename, schema: next, indexes: indexes)
        }
    }

    var isEmpty: Bool { renames.isEmpty && created.isEmpty && dropped.isEmpty && changed.isEmpty }

    /// Whether the reverse difference has all that it needs.
    var canBeUndone: Bool {
        dropped.isEmpty && changed.allSatisfy { $0.dropped.isEmpty } && !renames.contains(where: isTakenAgain)
    }

    /// Returns whether something new has the old name of what was renamed, so that the rename cannot be undone before that is dropped.
    private func isTakenAgain(_ rename: Rename) -> Bool {
        guard let column = rename.column else { return created.contains { $0.name == rename.table } }
        return changed.contains { $0.after.name == rename.table && $0.added.contains { $0.column == column } }
    }

    /// The difference that leads back.
    func reversed(from old: DatabaseSchema) -> SchemaDifference {
        SchemaDifference(
            from: after, to: old,
            renames: renames.reversed().map { rename in
                guard let column = rename.column else { return Rename(table: rename.name, column: nil, name: rename.table) }
                return Rename(table: rename.table, column: rename.name, name: column)
            })
    }

    /// Sorts tables so that each comes after those that it refers to, as far as that is possible.
    private static func sorted(_ tables: [SchemaTable]) -> [SchemaTable] {
        var rest = tables, sorted: [SchemaTable] = []
        while !rest.isEmpty {
            let names = Set(rest.map(\.name))
            let next = rest.firstIndex { table in
                !table.columns.contains { $0.references.map { $0 != table.name && names.contains($0) } ?? false }
            }
            sorted.append(rest.remove(at: next ?? 0))
        }
        return sorted
    }
}

extension SchemaColumn {
    /// The name of the column with that of its table.
    var path: String { "\(table).\(column)" }
}

extension DatabaseSchema {
    /// Returns the schema with a name changed everywhere.
    func applying(_ rename: SchemaDifference.Rename) -> DatabaseSchema {
        var schema = self
        for index in schema.columns.indices {
            if let column = rename.column {
                if schema.columns[index].table == rename.table, schema.columns[index].column == column {
                    schema.columns[index].column = rename.name
                }
            } else {
                if schema.columns[index].table == rename.table { schema.columns[index].table = rename.name }
                if schema.columns[index].references == rename.table { schema.columns[index].references = rename.name }
            }
        }
        schema.indexes = schema.indexes.map { $0.table == rename.table ? $0.applying(rename) : $0 }
        return schema
    }

    /// Returns the schema with the names that equivalent indexes have in another one.
    func keepingIndexNames(of other: DatabaseSchema) -> DatabaseSchema {
        var schema = self
        schema.indexes = indexes.map { index in other.indexes.first { $0.isEquivalent(to: index) } ?? index }
        return schema
    }
}

extension SchemaIndex {
    /// Returns the index after a rename. A name that follows from the table and the columns changes with them, so that the old one can be
    /// used again.
    fileprivate func applying(_ rename: SchemaDifference.Rename) -> SchemaIndex {
        var index = self
        if let column = rename.column {
            index.columns = columns.map { $0 == column ? rename.name : $0 }
        } else {
            index.table = rename.name
        }
        if self.index == usualName { index.index = index.usualName }
        return index
    }
}
