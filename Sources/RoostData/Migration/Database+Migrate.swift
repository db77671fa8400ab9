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
    /// A migration can rebuild a table as SQLite recommends (https://www.sqlite.org/lang_altertable.html, §7): dropping the table does not
    /// change the rows that refer to it. A foreign key that is violated afterwards undoes the migration.
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
    ///   - migrations: The migrations of the program that can be undone, in order.
    ///   - name: The last migration that remains; `nil` to undo just one.
    ///   - others: The program's other migrations, such as those of the toolkit's tables.
    /// - Returns: The names of the migrations that this call undid.
    /// - Throws: A `DatabaseError` with the code `.migration` if one of them cannot be undone, or a newer version of the program has applied
    ///   migrations after them. Nothing is undone then.
    @discardableResult
    public func undoMigrations(
        _ migrations: [Migration], to name: String? = nil, beside others: [Migration] = []
    ) async throws -> [String] {
        try await whileMigrating {
            try await execute(MigrationRecords.table)
            let status = try await migrationStatus(of: migrations).verified(), known = Set(others.map(\.name))
            var undone: [String] = []
            for step in try status.stepsBack(to: name, on: dialect, beside: known) where try await undo(step) { undone.append(step.name) }
            return undone
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

    /// Runs statements as a migration runs them, in one transaction, and records nothing.
    package func changeSchema(by script: String) async throws { try await changeSchema { try await $0.run(script: script) } }

    /// Applies a migration.
    /// - Returns: Whether no other process had applied it.
    private func apply(_ migration: Migration) async throws -> Bool {
        let sql = try migration.upText(for: dialect)
        do {
            if !migration.isTransactional(on: dialect) { return try await applyAlone(migration, sql) }
            return try await persistently {
                try await changeSchema { transaction in
                    try await transaction.boundLocks()
                    try await transaction.lockRecords()
                    guard try await !transaction.hasApplied(migration.name) else { return false }
                    if !sql.isBlank { try await transaction.run(script: sql) }
                    try await transaction.record(migration)
                    return true
                }
            }
        } catch let error as DatabaseError where error.code != .migration && error.failureKind == .permanent {
            throw DatabaseError(.migration, "\(migration.name) cannot be applied: \(error.message)", cause: error)
        }
    }

    /// Undoes a migration.
    /// - Returns: Whether no other process had undone it.
    private func undo(_ step: (name: String, sql: String)) async throws -> Bool {
        try await persistently {
            try await changeSchema { transaction in
                try await transaction.boundLocks()
                try await transaction.lockRecords()
                guard try await transaction.hasApplied(step.name) else { return false }
                if !step.sql.isBlank { try await transaction.run(script: step.sql) }
                try await transaction.execute("DELETE FROM roost_migrations WHERE name = \(step.name)")
                return true
            }
        }
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

extension Querying {
    /// Returns whether a migration is recorded as applied.
    func hasApplied(_ migration: String) async throws -> Bool {
        try await first("SELECT 1 FROM roost_migrations WHERE name = \(migration)") != nil
    }
}

extension Transaction {
    /// Makes statements fail that wait long for a table, so that the migration does not hold up everyone who comes after it; it is tried
    /// again. Statements themselves may take as long as they need.
    func boundLocks() async throws {
        guard dialect.locksRows else { return }
        try await run(script: MigrationLimits.ofTransaction)
    }

    /// Keeps other processes from applying migrations until the transaction ends.
    func lockRecords() async throws {
        if dialect.locksRows { try await run(script: "LOCK TABLE roost_migrations IN SHARE ROW EXCLUSIVE MODE") }
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
