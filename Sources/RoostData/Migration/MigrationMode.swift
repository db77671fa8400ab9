import Roost

/// What a process does at its start if migrations have not been applied.
public enum MigrationMode: String, CaseIterable, Sendable {
    /// It applies them.
    case apply
    /// It waits until another process has applied them, for at most ten minutes.
    case wait
    /// It refuses to start, unless another process on PostgreSQL is applying them: then it waits for that one, for at most ten minutes.
    case check
}

extension Database {
    /// Returns what to do about missing migrations unless a setting says it. In production on a database server, others may use the tables, so
    /// somebody should choose the moment of a change. Nobody uses an empty database, and a file belongs to this machine.
    package func usualMigrationMode(isInDevelopment: Bool) async throws -> MigrationMode {
        if isInDevelopment || !dialect.locksRows { return .apply }
        return try await migrationStatus(of: []).isNew ? .apply : .check
    }

    /// Applies migrations, waits for them, or checks that they were applied.
    /// - Parameters:
    ///   - migrations: The migrations of the program, in order.
    ///   - mode: What to do if some of them have not been applied.
    /// - Throws: A `DatabaseError` with the code `.migration` if the database is not up to date afterwards.
    public func bringUpToDate(with migrations: [Migration], by mode: MigrationMode) async throws {
        if mode == .apply {
            try await migrate(migrations)
            return
        }
        let end = clock.uptime + Self.migrationPatience
        while true {
            // Asked first: what such a process has committed by its end is then seen.
            let isWaiting = if mode == .wait { true } else { try await isBeingMigrated() }
            let pending = try await migrationStatus(of: migrations).verified().pending
            guard let first = pending.first else { return }
            guard isWaiting, clock.uptime < end else {
                let what = pending.count == 1 ? first.name : "\(pending.count) migrations from \(first.name) on"
                throw DatabaseError(.migration, "\(what) must be applied: run the command `migrate up`, or start with MIGRATE=apply")
            }
            try await clock.sleep(for: .milliseconds(500))
        }
    }
}
