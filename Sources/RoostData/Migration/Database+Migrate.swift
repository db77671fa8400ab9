import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Database {
    /// Applies the migrations that have not been applied, in order, each in its own transaction. A migration that is listed twice is
    /// applied once. Processes that start together can all do so: one of them migrates, and the others wait for it.
    ///
    /// A migration can rebuild a table as SQLite recommends (https://www.sqlite.org/lang_altertable.html, §7): dropping the table leaves
    /// the rows that refer to it alone, and a violated foreign key undoes the migration.
    /// - Returns: The names of the migrations that this call applied.
    /// - Throws: A `DatabaseError` with the code `.migration` that names the migration which cannot be applied, or was changed after it was
    ///   applied; a `Problem` with status 503 if other transactions kept the tables locked.
    @discardableResult
    public func migrate(_ migrations: [Migration]) async throws -> [String] {
        guard try await !migrationStatus(of: migrations).verified().pending.isEmpty else { return [] }
        return try await whileMigrating {
            try await execute(MigrationRecords.table)
            // Another process may have been faster.
            var applied: [String] = []
            for migration in try await migrationStatus(of: migrations).verified().pending where try await apply(migration) {
                applied.append(migration.name)
            }
            return applied
        }
    }

    /// Undoes migrations, the last one first, each in its own transaction.
    /// - Parameters:
    ///   - migrations: The migrations of the program, in order.
    ///   - name: The last migration that remains; `nil` to undo just one.
    /// - Returns: The names of the migrations that were undone.
    /// - Throws: A `DatabaseError` with the code `.migration` if one of them cannot be undone. Nothing is undone then.
    @discardableResult
    public func undoMigrations(_ migrations: [Migration], to name: String? = nil) async throws -> [String] {
        try await whileMigrating {
            try await execute(MigrationRecords.table)
            let status = try await migrationStatus(of: migrations).verified()
            let steps = try status.stepsBack(to: name, on: dialect)
            for step in steps {
                try await persistently {
                    try await changeSchema { transaction in
                        try await transaction.boundLocks()
                        try await transaction.run(script: step.sql)
                        try await transaction.execute("DELETE FROM roost_migrations WHERE name = \(step.name)")
                    }
                }
            }
            return steps.map(\.name)
        }
    }

    /// Records migrations as applied without running them, to adopt a database that already has their tables.
    /// - Returns: The names of the migrations that were not recorded before.
    /// - Throws: A `DatabaseError` with the code `.migration` if one of them was recorded in another form.
    @discardableResult
    public func recordMigrations(_ migrations: [Migration]) async throws -> [String] {
        try await whileMigrating {
            try await execute(MigrationRecords.table)
            let pending = try await migrationStatus(of: migrations).verified().pending
            try await transaction { transaction in
                for migration in pending { try await transaction.record(migration) }
            }
            return pending.map(\.name)
        }
    }

    /// Applies a migration.
    /// - Returns: Whether no other process had applied it.
    private func apply(_ migration: Migration) async throws -> Bool {
        let sql = try migration.upText(for: dialect)
        do {
            return try await persistently {
                if !migration.isTransactional(on: dialect) { return try await applyAlone(migration, sql) }
                let isNew = Flag()
                try await changeSchema { transaction in
                    try await transaction.boundLocks()
                    guard try await !transaction.isApplied(migration) else { return isNew.set(false) }
                    if !sql.isBlank { try await transaction.run(script: sql) }
                    try await transaction.record(migration)
                    isNew.set(true)
                }
                return isNew.value
            }
        } catch let error as DatabaseError where error.code != .migration && error.failureKind == .permanent {
            throw DatabaseError(.migration, "\(migration.name) cannot be applied: \(error.message)", cause: error)
        }
    }

    /// Applies a migration of one statement outside a transaction. If the process dies before that is recorded, the statement runs again.
    private func applyAlone(_ migration: Migration, _ sql: String) async throws -> Bool {
        if dialect.locksRows, let index = SQLText.concurrentIndex(of: sql) { try await dropIfInvalid(index) }
        _ = try await driver.run(Statement(sql), for: .write) { _ in }
        try await transaction { try await $0.record(migration) }
        return true
    }

    /// Drops an index that PostgreSQL has given up building: `IF NOT EXISTS` would take it for a good one.
    private func dropIfInvalid(_ index: String) async throws {
        let invalid = try await first(
            """
            SELECT 1 FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
            WHERE relname = \(index) AND NOT indisvalid AND pg_table_is_visible(indexrelid)
            """)
        guard invalid != nil else { return }
        let drop = Statement("DROP INDEX CONCURRENTLY IF EXISTS \(Identifier.quoted(index))")
        _ = try await driver.run(drop, for: .write) { _ in }
    }
}

extension Migration {
    /// Returns the statements for an engine.
    /// - Throws: A `DatabaseError` with the code `.migration` if there are none for it.
    func upText(for dialect: Dialect) throws -> String {
        guard let sql = up.text(for: dialect) else {
            throw DatabaseError(.migration, "\(name) has no statements for this engine: add \(dialect.name).up.sql, empty if it needs none")
        }
        return sql
    }
}

extension Transaction {
    /// Makes statements fail that wait long for a table, so that the migration does not hold up everyone who comes after it; it is tried
    /// again. Statements themselves may take as long as they need.
    func boundLocks() async throws {
        guard dialect.locksRows else { return }
        try await run(
            script:
                "SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = 0; LOCK TABLE roost_migrations IN SHARE ROW EXCLUSIVE MODE")
    }

    func isApplied(_ migration: Migration) async throws -> Bool {
        try await first("SELECT 1 FROM roost_migrations WHERE name = \(migration.name)") != nil
    }

    func record(_ migration: Migration) async throws {
        let checksum = MigrationScript.hash(try migration.upText(for: dialect))
        try await execute(
            """
            INSERT INTO roost_migrations (name, checksum, applied_at) VALUES (\(migration.name), \(checksum), \(clock.now))
            ON CONFLICT (name) DO NOTHING
            """)
    }
}
