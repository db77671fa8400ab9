import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Database {
    /// Applies the migrations that were not yet, in order and one that is listed twice once, each in its own transaction. Processes that start together may all do so.
    ///
    /// A migration may rebuild a table as SQLite asks for (https://www.sqlite.org/lang_altertable.html, §7): no row that refers to the
    /// table is touched when it is dropped, and a foreign key that is violated in the end undoes the migration.
    /// - Throws: a `DatabaseError` with the code `.migration` that names the one which cannot be applied, or was changed since.
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
                    // Another process may have been quicker.
                    if try await !Self.isApplied(migration, in: transaction) { try await Self.apply(migration, in: transaction) }
                }
            } catch let error as DatabaseError where error.code != .migration && error.failureKind == .permanent {
                throw DatabaseError(.migration, "\(migration.name) cannot be applied: \(error.message)")
            }
        }
    }

    /// - Throws: where it was applied in another form.
    private static func isApplied(_ migration: Migration, in transaction: Transaction) async throws -> Bool {
        guard let row = try await transaction.first("SELECT checksum FROM roost_migrations WHERE name = \(migration.name)") else {
            return false
        }
        guard try row.get("checksum", as: String.self) == migration.checksum else {
            throw DatabaseError(.migration, "\(migration.name) was changed after it was applied: write a further one instead")
        }
        return true
    }

    private static func apply(_ migration: Migration, in transaction: Transaction) async throws {
        try await transaction.run(script: migration.sql)
        try await transaction.execute(
            "INSERT INTO roost_migrations (name, checksum, applied_at) VALUES (\(migration.name), \(migration.checksum), \(Date()))")
    }
}
