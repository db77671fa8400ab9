import Roost
import RoostData
import RoostWork

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Starts the runs of a schedule when they are due. Any number of processes do this.
struct ScheduleRunner: Sendable {
    let scheduled: ScheduledWorkflow
    let store: RunStore

    /// How long to wait at most, so that a change of the clock is noticed.
    private static let longestPause = Duration.seconds(60)
    private static let backoff = Backoff(longest: .seconds(30))

    /// Starts runs until the task is cancelled.
    func run() async {
        var failures = FailureStreak(Self.backoff)
        while !Task.isCancelled {
            var pause: Duration
            do {
                pause = min(try await startDue(), Self.longestPause)
                failures.succeed()
            } catch {
                if Task.isCancelled { return }
                pause = failures.fail()
                RequestContext.defaultLogger.error(
                    "The schedule \(scheduled.name) cannot start its run: \(error). Next try in \(pause.roundedSeconds) s.")
            }
            guard (try? await store.database.clock.sleep(for: pause)) != nil else { return }
        }
    }

    /// Starts the run that is due, if there is one.
    /// - Returns: The time until the next one.
    func startDue() async throws -> Duration {
        let database = store.database
        let row = try await database.first(
            "SELECT \(database.sharedTime) AS now, (SELECT last_at FROM roost_run_schedules WHERE name = \(scheduled.name)) AS last_at")
        guard let row else { return Self.longestPause }
        let now: Date = try row.get("now")
        guard let last = try row.get("last_at", as: Date?.self) else {
            try await database.execute(
                "INSERT INTO roost_run_schedules (name, last_at) VALUES (\(scheduled.name), \(now)) ON CONFLICT (name) DO NOTHING")
            return pause(from: now)
        }
        if let due = scheduled.schedule.last(until: now, after: last) { try await start(due) }
        return pause(from: now)
    }

    private func start(_ due: Date) async throws {
        let run = try scheduled.run(due)
        let isNew = try await store.database.transaction { transaction in
            // Only the process that records the time starts the run.
            let noted = try await transaction.execute(
                "UPDATE roost_run_schedules SET last_at = \(due) WHERE name = \(scheduled.name) AND last_at < \(due)")
            guard noted == 1 else { return false }
            return try await RunStore.start(run, in: transaction)
        }
        if isNew { store.wake(scheduled.workflow, scheduled.version) }
    }

    private func pause(from now: Date) -> Duration {
        guard let next = scheduled.schedule.next(after: now) else { return Self.longestPause }
        return .milliseconds(Int64((next.timeIntervalSince(now) * 1000).rounded(.up)))
    }
}
