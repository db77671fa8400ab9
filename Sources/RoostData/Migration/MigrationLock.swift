import Roost
import Synchronization

extension Database {
    /// The number of attempts at a migration whose tables others keep locked, each of which waits for some seconds itself.
    private static let attempts = 12
    /// How long a process waits for another one that migrates.
    private static let patience = Duration.seconds(600)

    /// Runs work while no other process migrates the database.
    ///
    /// On SQLite, the writer's lock of each transaction is enough. On PostgreSQL, a transaction of its own holds an advisory lock, because
    /// poolers share connections between transactions. The lock is asked for again and again instead of waited for: a statement that waits
    /// has a snapshot, which `CREATE INDEX CONCURRENTLY` would wait for in turn.
    func whileMigrating<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
        guard dialect.locksRows else { return try await body() }
        return try await driver.transaction(TransactionOptions(access: .write, attempts: 1)) { [clock] session in
            try await session.run(script: "SET LOCAL idle_in_transaction_session_timeout = 0")
            let end = clock.uptime + Self.patience
            while try await !session.takesMigrationLock() {
                guard clock.uptime < end else {
                    throw DatabaseError(.migration, "another process has been applying migrations for ten minutes")
                }
                try await clock.sleep(for: .milliseconds(.random(in: 50...250)))
            }
            return try await body()
        }
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
        let sql: SQL = "SELECT pg_try_advisory_xact_lock(hashtextextended('roost_migrations ' || current_schema(), 0)) AS is_taken"
        return try await run(sql.statement) { try $0.next(Bool.self) }.rows.first ?? false
    }
}

/// A truth value that a transaction's body, which may be run again, sets.
final class Flag: Sendable {
    private let state = Atomic(false)

    var value: Bool { state.load(ordering: .acquiring) }

    func set(_ value: Bool) { state.store(value, ordering: .releasing) }
}
