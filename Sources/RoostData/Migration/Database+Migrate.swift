#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Database {
    /// Applies the migrations that were not yet, in order, each in its own transaction. Processes that start together may all do so.
    /// - Throws: a `DatabaseError` with the code `.migration` that names the one which cannot be applied, or was changed since.
    func migrate(_ migrations: [Migration]) async throws {
        guard !migrations.isEmpty else { return }
        try await execute(
            "CREATE TABLE IF NOT EXISTS roost_migrations (name TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)")
        let names = Set(migrations.map(\.name))
        guard names.count == migrations.count else { throw DatabaseError(.migration, "two migrations have the same name") }
        for migration in migrations {
            try await transaction { transaction in try await apply(migration, in: transaction) }
        }
    }

    private func apply(_ migration: Migration, in transaction: Transaction) async throws {
        if let row = try await transaction.first("SELECT checksum FROM roost_migrations WHERE name = \(migration.name)") {
            guard try row.get("checksum", as: String.self) == migration.checksum else {
                throw DatabaseError(.migration, "\(migration.name) was changed after it was applied: write a further one instead")
            }
            return
        }
        do {
            _ = try await transaction.run(.script(migration.sql))
        } catch let error as DatabaseError {
            throw DatabaseError(.migration, "\(migration.name) cannot be applied: \(error.message)")
        }
        try await transaction.execute(
            "INSERT INTO roost_migrations (name, checksum, applied_at) VALUES (\(migration.name), \(migration.checksum), \(Date()))")
    }
}
