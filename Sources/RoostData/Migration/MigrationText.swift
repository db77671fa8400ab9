/// The statements of migrations as a script, for those who apply them by other means than the program: `psql`, `sqlite3`, or a tool of
/// their own.
package enum MigrationText {
    /// Returns the statements that apply migrations and record them, each in its own transaction.
    /// - Parameters:
    ///   - migrations: The migrations, in order. One that is listed twice is applied once.
    ///   - dialect: The engine's SQL.
    /// - Throws: A `DatabaseError` with the code `.migration` if one of them has no statements for the engine.
    package static func applying(_ migrations: [Migration], on dialect: Dialect) throws -> String {
        guard !migrations.isEmpty else { return "-- Nothing to do.\n" }
        var seen: Set<String> = []
        let parts = try migrations.filter { seen.insert($0.name).inserted }.map { migration in
            let sql = try migration.upText(for: dialect)
            let record = """
                INSERT INTO roost_migrations (name, checksum, applied_at)
                VALUES ('\(migration.name)', '\(MigrationScript.hash(sql))', \(now(on: dialect)));
                """
            guard migration.runsInBatches(on: dialect) else {
                guard !migration.isTransactional(on: dialect) else { return part(migration.name, sql, record, isTransactional: true) }
                return part(migration.name, bounded(sql, on: dialect), record, isTransactional: false)
            }
            // A script cannot tell on every engine when the statement has changed no row.
            return part(
                "\(migration.name): repeat this statement until it changes no row, and then run the one that is commented out", sql,
                record.split(separator: "\n").map { "-- \($0)" }.joined(separator: "\n"), isTransactional: false)
        }
        return head(on: dialect) + "\(MigrationRecords.table.statement.text);\n" + parts.joined()
    }

    /// Returns the statements that undo migrations, the last one first, as far as that is possible.
    package static func undoing(_ migrations: [Migration], on dialect: Dialect) -> String {
        let last = migrations.reversed().prefix { $0.down.text(for: dialect) != nil }
        guard !last.isEmpty else { return "-- Nothing can be undone.\n" }
        let parts = last.map { migration in
            let record = "DELETE FROM roost_migrations WHERE name = '\(migration.name)';"
            return part(migration.name, migration.down.text(for: dialect) ?? "", record, isTransactional: true)
        }
        return head(on: dialect) + parts.joined()
    }

    /// The shells would go on after an error, and lose what a table that is rebuilt had. SQLite rebuilds tables without foreign keys, which
    /// cannot be turned off in a transaction.
    private static func head(on dialect: Dialect) -> String {
        dialect.locksRows
            ? """
            -- For psql.
            \\set ON_ERROR_STOP on
            SET lock_timeout = \(MigrationLimits.shortLockTimeout);
            SET statement_timeout = 0;
            DO $$ BEGIN PERFORM set_config(name, '0', false) FROM pg_settings WHERE name = 'transaction_timeout'; END $$;


            """
            : "-- For sqlite3. Afterwards, PRAGMA foreign_key_check must find nothing.\n.bail on\nPRAGMA foreign_keys = OFF;\n"
    }

    /// Returns a statement outside a transaction with the limit of waiting that the program gives it.
    private static func bounded(_ sql: String, on dialect: Dialect) -> String {
        let limit = MigrationLimits.lockTimeout(of: sql)
        guard dialect.locksRows, limit != MigrationLimits.shortLockTimeout else { return sql }
        return "SET lock_timeout = \(limit);\n\(terminated(sql))\nSET lock_timeout = \(MigrationLimits.shortLockTimeout);"
    }

    private static func part(_ name: String, _ sql: String, _ record: String, isTransactional: Bool) -> String {
        let statements = sql.isBlank ? [record] : [terminated(sql), record]
        let lines = isTransactional ? ["BEGIN;"] + statements + ["COMMIT;"] : statements
        return "\n-- \(name)\n" + lines.joined(separator: "\n") + "\n"
    }

    private static func terminated(_ sql: String) -> String {
        let text = String(sql.reversed().drop(while: \.isWhitespace).reversed())
        // On a line of its own, since the last one may end with a comment.
        return SQLText.words(text).last == ";" ? text : text + "\n;"
    }

    private static func now(on dialect: Dialect) -> String {
        dialect.locksRows
            ? "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)" : "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
    }
}
