public import Foundation
public import Roost
import RoostData

/// Joins the migrations of two branches, which follow the same one.
public struct MigrationMerge: Sendable {
    /// The migrations of a branch, in order, and what they do.
    private struct Branch: Sendable {
        let migrations: [Migration]
        let files: [SchemaFile]
        let base: DatabaseSchema

        var last: DatabaseSchema { files.last?.schema ?? base }

        /// The tables, columns and indexes that differ from the base.
        var touched: Set<String> {
            let columns = Set(base.columns).symmetricDifference(last.columns).map { "\($0.table).\($0.column)" }
            let indexes = Set(base.indexes).symmetricDifference(last.indexes).map { "the index \($0.index)" }
            return Set(columns + indexes)
        }

        var tables: Set<String> {
            Set(Set(base.columns).symmetricDifference(last.columns).map(\.table))
                .union(Set(base.indexes).symmetricDifference(last.indexes).map(\.table))
        }

        /// The tables that are dropped, or that a new one replaces on SQLite: columns that another branch adds would be lost.
        var replaced: Set<String> {
            let words = migrations.flatMap { SQLText.words($0.up.text(for: .sqlite) ?? "") }
            let rebuilt = words.filter { $0.hasPrefix("roost_new_") }.map { String($0.dropFirst("roost_new_".count)) }
            return Set(rebuilt).union(Set(base.tableNames).subtracting(last.tableNames))
        }
    }

    private let first: Branch
    private let second: Branch
    private let folder: URL

    /// Finds the branches.
    /// - Parameter folder: The folder of the migrations.
    /// - Returns: `nil` if there is only one.
    /// - Throws: A `ConfigurationError` if the migrations cannot be read, or there are more than two branches.
    public init?(folder: URL) throws(ConfigurationError) {
        self.folder = folder
        let all = try Migration.folders(in: folder), heads = MigrationOrder(all).heads.sorted { $0.name < $1.name }
        guard heads.count > 1 else { return nil }
        guard heads.count == 2 else {
            throw ConfigurationError("more than two branches: \(heads.map(\.name).joined(separator: ", ")): merge them two by two")
        }
        let lines = heads.map { Self.line(to: $0, in: all) }
        let common = zip(lines[0], lines[1]).prefix { $0 == $1 }.count
        var base = DatabaseSchema()
        if common > 0, let text = lines[0][common - 1].schema { base = try SchemaFile.read(text, of: lines[0][common - 1].name).schema }
        first = try Self.branch(Array(lines[0][common...]), base)
        second = try Self.branch(Array(lines[1][common...]), base)
    }

    private static func branch(_ migrations: [Migration], _ base: DatabaseSchema) throws(ConfigurationError) -> Branch {
        var files: [SchemaFile] = []
        for migration in migrations { files.append(try SchemaFile.read(migration.schema ?? "", of: migration.name)) }
        return Branch(migrations: migrations, files: files, base: base)
    }

    /// Returns the migrations that lead to one, in order.
    private static func line(to head: Migration, in all: [Migration]) -> [Migration] {
        var line = [head]
        while let parent = line[0].parent, line.count <= all.count, let next = all.first(where: { $0.identifier == parent }) {
            line.insert(next, at: 0)
        }
        return line
    }

    /// What both branches change, one line each.
    public var collisions: [String] {
        let both = first.touched.intersection(second.touched).sorted().map { "both branches change \($0)" }
        let lost = first.replaced.intersection(second.tables).union(second.replaced.intersection(first.tables)).sorted()
        return both + lost.map { "both branches change \($0), and one of them drops or rebuilds the table" }
    }

    /// Makes the second branch follow the first one.
    /// - Returns: The names of the migrations that have another predecessor now.
    /// - Throws: A `ConfigurationError` that lists the collisions; an error of the file system.
    public func merge() throws -> [String] {
        try ConfigurationError.check(
            collisions.map { "\($0): undo one of them (`migrate down`), remove its folder, and make it again" })
        var schema = first.last, before = second.base, parent = first.migrations.last?.identifier
        for file in second.files {
            let after = file.schema
            schema.columns.removeAll { before.columns.contains($0) && !after.columns.contains($0) }
            schema.columns += after.columns.filter { !before.columns.contains($0) }
            schema.indexes.removeAll { before.indexes.contains($0) && !after.indexes.contains($0) }
            schema.indexes += after.indexes.filter { !before.indexes.contains($0) }
            let text = SchemaFile(schema, after: file.migration, parent: parent).text
            try Data(text.utf8).write(to: folder.appending(path: "\(file.migration)/schema.json"), options: .atomic)
            parent = MigrationScript.hash(text)
            before = after
        }
        return second.files.map(\.migration)
    }
}
