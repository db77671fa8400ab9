import Roost

extension Database {
    /// Applies a migration of one statement outside a transaction, or in batches. If the process dies before that is recorded, the statement
    /// runs again.
    /// - Returns: Whether no other process had applied it.
    func applyAlone(_ migration: Migration, _ sql: String) async throws -> Bool {
        // SQLite has no lock for the whole run, and the one on PostgreSQL is lost together with its connection.
        guard try await !hasApplied(migration.name) else { return false }
        if migration.runsInBatches(on: dialect) {
            try await applyInBatches(migration, sql)
        } else {
            try await persistently {
                if dialect.locksRows, let index = SQLText.concurrentIndex(of: sql) { try await dropIfInvalid(index) }
                try await runOutsideTransaction(sql)
            }
        }
        try await persistently { try await transaction { try await $0.record(migration) } }
        return true
    }

    private static let largestNumberOfBatches = 1_000_000

    private func applyInBatches(_ migration: Migration, _ sql: String) async throws {
        for _ in 1...Self.largestNumberOfBatches {
            // Each batch has all attempts, since each of them may meet others that use the table.
            let changes = try await persistently {
                try await transaction { transaction in
                    try await transaction.boundLocks()
                    return try await transaction.execute(SQL(raw: sql))
                }
            }
            if changes == 0 { return }
        }
        throw DatabaseError(
            .migration,
            "\(migration.name) still changes rows after \(Self.largestNumberOfBatches) batches: its condition must leave out what was changed"
        )
    }

    /// Runs a statement outside a transaction. On a server, its connection has the limits of migrations, and is not used again.
    private func runOutsideTransaction(_ sql: String) async throws {
        // Behind a pooler, the settings would reach connections of others.
        guard dialect.locksRows, driver.keepsSessions else {
            _ = try await driver.run(Statement(sql), for: .write) { _ in }
            return
        }
        try await driver.transaction(.oneConnection) { session in
            try await session.run(script: MigrationLimits.ofSession(for: sql))
            _ = try await session.run(Statement(sql)) { _ in }
        }
    }

    /// Drops an index that PostgreSQL did not finish building, because `IF NOT EXISTS` would accept it.
    private func dropIfInvalid(_ index: String) async throws {
        let invalid = try await first(
            """
            SELECT 1 FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
            WHERE relname = \(index) AND NOT indisvalid AND pg_table_is_visible(indexrelid)
            """)
        if invalid != nil { try await runOutsideTransaction("DROP INDEX CONCURRENTLY IF EXISTS \(Identifier.quoted(index))") }
    }
}

/// The limits of migrations on PostgreSQL.
enum MigrationLimits {
    /// How long a statement waits for a table that others use.
    static let shortLockTimeout = "'5s'"

    /// Sets the limits until the transaction ends.
    static let ofTransaction =
        "SET LOCAL lock_timeout = \(shortLockTimeout); SET LOCAL statement_timeout = 0; \(unlimitedTransaction(isLocal: true))"

    /// Sets the limits for a statement outside a transaction.
    static func ofSession(for sql: String) -> String {
        "SET lock_timeout = \(lockTimeout(of: sql)); SET statement_timeout = 0; \(unlimitedTransaction(isLocal: false))"
    }

    /// Returns the limit of waiting for locks. A statement that works concurrently waits for transactions that are older than it, and nobody
    /// waits behind it: a limit would throw away an index that is nearly built.
    static func lockTimeout(of sql: String) -> String {
        SQLText.words(sql).contains { $0.lowercased() == "concurrently" } ? "0" : shortLockTimeout
    }

    /// Lifts the limit of whole transactions, which servers have from PostgreSQL 17 on.
    static func unlimitedTransaction(isLocal: Bool) -> String {
        "SELECT set_config('transaction_timeout', '0', \(isLocal)) WHERE current_setting('transaction_timeout', true) IS NOT NULL"
    }
}
