import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The migrations of a program beside those that were applied to a database.
public struct MigrationStatus: Sendable {
    /// The migrations that were applied, in the program's order, and when.
    public var applied: [(migration: Migration, date: Date)] = []
    /// The migrations that were not applied, in order.
    public var pending: [Migration] = []
    /// The names of migrations that were changed after they were applied.
    public var changed: [String] = []
    /// The names of migrations that were applied and that the program does not have, as when a newer version has applied them, and when.
    public var unknown: [(name: String, date: Date)] = []
    /// Whether no migration was ever applied.
    public var isNew = false

    /// Returns the same status.
    /// - Throws: A `DatabaseError` with the code `.migration` if a migration was changed after it was applied.
    func verified() throws -> MigrationStatus {
        guard let name = changed.first else { return self }
        throw DatabaseError(.migration, "\(name) was changed after it was applied: add a new migration instead")
    }

    /// Returns the statements that undo the last migrations, the last one first.
    /// - Parameters:
    ///   - name: The last migration that remains; `nil` to undo just one.
    ///   - dialect: The engine's SQL.
    ///   - others: The names of the program's other migrations.
    /// - Throws: A `DatabaseError` with the code `.migration` if one of them cannot be undone, `name` was not applied, or another version of
    ///   the program has applied migrations after them.
    func stepsBack(
        to name: String?, on dialect: Dialect, beside others: Set<String> = []
    ) throws -> [(name: String, sql: String)] {
        var undone = applied.suffix(1)
        if let name {
            guard let index = applied.firstIndex(where: { $0.migration.name == name }) else {
                throw DatabaseError(.migration, "\(name) is not applied")
            }
            undone = applied[(index + 1)...]
        }
        if let first = undone.map(\.date).min(), let newer = unknown.first(where: { $0.date >= first && !others.contains($0.name) }) {
            throw DatabaseError(
                .migration, "another version of the program has applied \(newer.name) since: undo that one with its program first")
        }
        return try undone.reversed().map { migration, _ in
            guard let sql = migration.down.text(for: dialect) else {
                throw DatabaseError(.migration, "\(migration.name) cannot be undone: it has no \(dialect.name).down.sql")
            }
            return (migration.name, sql)
        }
    }
}

extension Database {
    /// Returns which migrations were applied. Nothing is changed.
    /// - Parameter migrations: The migrations of the program, in order.
    /// - Throws: A `DatabaseError` with the code `.migration` if two migrations have the same name.
    public func migrationStatus(of migrations: [Migration]) async throws -> MigrationStatus {
        var listed: Set<Migration> = [], status = MigrationStatus()
        let migrations = migrations.filter { listed.insert($0).inserted }
        guard Set(migrations.map(\.name)).count == migrations.count else {
            throw DatabaseError(.migration, "two migrations have the same name")
        }
        // The table alone says nothing: a process may have died after it made the table.
        var records = try await MigrationRecords.read(from: self)
        status.isNew = records.isEmpty
        for migration in migrations {
            guard let record = records.removeValue(forKey: migration.name) else {
                status.pending.append(migration)
                continue
            }
            status.applied.append((migration, record.date))
            let isSame = record.checksum == migration.checksum(for: dialect)
            if !isSame { status.changed.append(migration.name) }
        }
        status.unknown = records.map { ($0.key, $0.value.date) }.sorted { $0.name < $1.name }
        return status
    }
}

/// The table in which a database records what was applied to it.
enum MigrationRecords {
    static let table: SQL =
        "CREATE TABLE IF NOT EXISTS roost_migrations (name TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)"

    /// The key of the lock of migrations on PostgreSQL, for the tables of one schema.
    static let lockKey: SQL = "hashtextextended('roost_migrations ' || coalesce(current_schema(), ''), 0)"

    /// Returns the records by name; none if there is no such table.
    static func read(from database: Database) async throws -> [String: (checksum: String, date: Date)] {
        let isThere: SQL =
            switch database.dialect.name {
            case "postgres": "SELECT 1 WHERE to_regclass('roost_migrations') IS NOT NULL"
            default: "SELECT 1 FROM sqlite_master WHERE name = 'roost_migrations'"
            }
        guard try await database.first(isThere) != nil else { return [:] }
        let rows = try await database.query("SELECT name, checksum, applied_at FROM roost_migrations")
        let records = try rows.map { row in
            (try row.get("name", as: String.self), (try row.get("checksum", as: String.self), try row.get("applied_at", as: Date.self)))
        }
        return Dictionary(records) { first, _ in first }
    }
}
