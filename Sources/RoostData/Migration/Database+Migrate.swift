import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Database {
    /// Applies the migrations that have not been applied, in order, each in its own transaction. A migration that is listed twice is
    /// applied once. Processes that start together can all do so.
    ///
    /// A migration can rebuild a table as SQLite recommends (https://www.sqlite.org/lang_altertable.html, §7): dropping the table leaves
    /// the rows that refer to it alone, and a violated foreign key undoes the migration.
    /// - Throws: A `DatabaseError` with the code `.migration` that names the migration which cannot be applied, or was changed after it was
    ///   applied.
    public func migrate(_ migrations: [Migration]) async throws {
        guard !migrations.isEmpty else { return }
        var listed: Set<Migration> = []
        let migrations = migrations.filter { listed.insert($0).inserted }
        let names = Set(migrations.map(\.name))
        guard names.count == migrations.count else { throw DatabaseError(.migration, "two migrations have the same name") }
        try await execute(
            "CREATE TABLE IF NOT EXISTS roost_migrations (name TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)")
        for migration in migrations {
            if try await read({ try await Self.isApplied(migration, in: $0) }) { continue }
            do {
                try await changeSchema { transaction in
                    // Another process may have been faster.
                    if try await !Self.isApplied(migration, in: transaction) { try await Self.apply(migration, in: transaction) }
                }
            } catch let error as DatabaseError where error.code != .migration && error.failureKind == .permanent {
                throw DatabaseError(.migration, "\(migration.name) cannot be applied: \(error.message)")
            }
        }
    }

    /// Returns whether a migration has been applied.
    /// - Throws: A `DatabaseError` if it was applied in another form.
    private static func isApplied(_ migration: Migration, in database: some Querying) async throws -> Bool {
        guard let row = try await database.first("SELECT checksum FROM roost_migrations WHERE name = \(migration.name)") else {
            return false
        }
        guard try row.get("checksum", as: String.self) == migration.checksum else {
            throw DatabaseError(.migration, "\(migration.name) was changed after it was applied: add a new migration instead")
        }
        return true
    }

    private static func apply(_ migration: Migration, in transaction: Transaction) async throws {
        try await transaction.run(script: migration.sql)
        try await transaction.execute(
            "INSERT INTO roost_migrations (name, checksum, applied_at) VALUES (\(migration.name), \(migration.checksum), \(transaction.clock.now))"
        )
    }
}
