import Roost

/// What a process does at its start if migrations have not been applied.
public enum MigrationMode: String, CaseIterable, Sendable {
    /// It applies them.
    case apply
    /// It waits until another process has applied them, for at most ten minutes.
    case wait
    /// It refuses to start.
    case check
}

extension Database {
    /// How long a process waits for another one to apply migrations.
    private static let migrationWait = Duration.seconds(600)

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
        let end = clock.uptime + Self.migrationWait
        while true {
            let pending = try await migrationStatus(of: migrations).verified().pending
            guard let first = pending.first else { return }
            guard mode == .wait, clock.uptime < end else {
                let what = pending.count == 1 ? first.name : "\(pending.count) migrations from \(first.name) on"
                throw DatabaseError(.migration, "\(what) must be applied: run the command `migrate up`, or start with MIGRATE=apply")
            }
            try await clock.sleep(for: .milliseconds(500))
        }
    }
}
