import Roost

extension Database {
    /// The number of attempts at a migration whose tables others keep locked, each of which waits for some seconds itself.
    private static let attempts = 12
    /// How long a process waits for another one that applies migrations.
    static let migrationPatience = Duration.seconds(600)

    /// Runs work while no other process migrates the database.
    ///
    /// On SQLite, the writer's lock of each transaction is enough. On PostgreSQL, a transaction of its own holds an advisory lock, because
    /// poolers share connections between transactions. The lock is asked for again and again, each time in another transaction:
    /// `CREATE INDEX CONCURRENTLY` waits for the end of transactions that had a snapshot at a certain moment, and one of those that wait for the
    /// lock, which it holds up, may be among them.
    func whileMigrating<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
        guard dialect.locksRows else { return try await body() }
        let end = clock.uptime + Self.migrationPatience
        while true {
            let results = try await driver.transaction(TransactionOptions(access: .write, attempts: 1)) { session -> [Result] in
                guard try await session.takesMigrationLock() else { return [] }
                try await session.run(
                    script: "SET LOCAL idle_in_transaction_session_timeout = 0; \(MigrationLimits.unlimitedTransaction(isLocal: true))")
                return [try await body()]
            }
            if let result = results.first { return result }
            guard clock.uptime < end else {
                throw DatabaseError(.migration, "another process has been applying migrations for ten minutes")
            }
            try await clock.sleep(for: .milliseconds(.random(in: 50...250)))
        }
    }

    /// Returns whether a process is applying or undoing migrations now. On SQLite, where each migration has the writer's lock for itself, this
    /// is not known.
    func isBeingMigrated() async throws -> Bool {
        guard dialect.locksRows else { return false }
        // The key of the lock is in two columns (https://www.postgresql.org/docs/current/view-pg-locks.html).
        return try await first(
            """
            SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND (CAST(classid AS bigint) << 32) | CAST(objid AS bigint) = \(MigrationRecords.lockKey)
            """) != nil
    }

    /// Tries work again while the tables that it needs are locked by others.
    func persistently<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
        var backoff = FailureStreak(Backoff(longest: .seconds(10)))
        for _ in 1..<Self.attempts {
            do { return try await body() } catch let problem as Problem where problem.status == .unavailable {
                try await clock.sleep(for: backoff.fail())
            }
        }
        return try await body()
    }
}

extension DatabaseSession {
    /// Tries to get the lock of migrations, for as long as the transaction lasts.
    fileprivate func takesMigrationLock() async throws -> Bool {
        let sql: SQL = "SELECT pg_try_advisory_xact_lock(\(MigrationRecords.lockKey)) AS is_taken"
        return try await run(sql.statement) { try $0.next(Bool.self) }.rows.first ?? false
    }
}
