import Roost
import RoostData
import RoostWork

/// Deletes runs that ended long ago, a limited number at a time.
struct RunRetention: Sendable {
    let store: RunStore
    /// How long an ended run is kept.
    let age: Duration

    /// The number of runs that one transaction deletes, so that others can write in between.
    static let portion = 200
    private static let interval = Duration.seconds(600)

    /// Deletes runs at intervals until the task is cancelled.
    func run() async {
        repeat {
            do {
                while try await deletePortion() == Self.portion { try Task.checkCancellation() }
            } catch {
                if Task.isCancelled { return }
                RequestContext.defaultLogger.warning("Runs that ended long ago cannot be deleted: \(error)")
            }
        } while (try? await store.database.clock.sleep(for: Self.interval)) != nil
    }

    /// Deletes the runs that ended first.
    /// - Returns: The number of runs.
    func deletePortion() async throws -> Int {
        let database = store.database
        // A run that another one waits for is kept until that one has recorded its result. Only one process deletes a run.
        let old: SQL = """
            SELECT id FROM roost_runs AS run WHERE ended_at IS NOT NULL AND ended_at < \(database.sharedTime) - \(age.milliseconds)
            AND NOT EXISTS (SELECT 1 FROM roost_runs AS waiting WHERE waiting.id = run.parent AND waiting.ended_at IS NULL)
            ORDER BY ended_at LIMIT \(Self.portion)
            """
        guard try await database.first(old) != nil else { return 0 }
        let lock: SQL = database.dialect.locksRows ? " FOR UPDATE OF run SKIP LOCKED" : ""
        return try await database.transaction(durability: .deferred) { transaction in
            let ids = try await transaction.query(old + lock).map { try $0.get("id", as: String.self) }
            guard !ids.isEmpty else { return 0 }
            var batch = Batch()
            batch.execute("DELETE FROM roost_run_steps WHERE run_id IN \(ids)")
            batch.execute("DELETE FROM roost_run_signals WHERE run_id IN \(ids)")
            batch.execute("DELETE FROM roost_run_places WHERE run_id IN \(ids)")
            batch.execute("DELETE FROM roost_runs WHERE id IN \(ids)")
            try await transaction.run(batch)
            return ids.count
        }
    }
}
