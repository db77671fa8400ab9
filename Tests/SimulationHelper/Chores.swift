import Foundation
import Roost
import RoostData
import RoostWork
import Simulation
import Synchronization

/// A job of the simulations.
@Schema
struct Chore {
    /// The number of its commit, among all of its key.
    var number: Int
}

/// A failure on purpose.
struct Refusal: Error {}

/// A database with a queue of chores, and one that records their effects.
struct Chores: Sendable {
    static let migrations =
        WorkTables.migrations + [
            Migration(
                "chores",
                """
                CREATE TABLE numbers (lane TEXT PRIMARY KEY, number INTEGER NOT NULL);
                CREATE TABLE effects (position INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT, lane TEXT, number INTEGER);
                """)
        ]

    let process: SimulatedProcess
    let database: Database
    let queue: WorkQueue<Chore>

    /// Opens the database for a process.
    init(_ file: SimulatedFile, _ process: SimulatedProcess, _ options: WorkOptions) async throws {
        self.process = process
        database = try await Database(
            driver: SimulatedDriver(file, for: process), migrations: Self.migrations, clock: process.clock)
        queue = WorkQueue("chores", in: database, options: options)
    }

    /// Adds a job, numbered in the order of the commits of its key.
    func add(_ id: String, lane: String?, at date: Date? = nil, fails: Bool = false) async throws {
        try await database.transaction { transaction in
            let rows = try await transaction.returning(
                """
                INSERT INTO numbers VALUES (\(lane ?? ""), 1) ON CONFLICT (lane) DO UPDATE SET number = number + 1 RETURNING number
                """)
            let number = try rows.first?.get("number", as: Int.self) ?? 0
            try await queue.add(Chore(number: number), id: id, key: lane, at: date, in: transaction)
            if fails { throw Refusal() }
        }
    }

    /// Does a job: its effect and its end are one commit.
    func finish(_ job: ClaimedJob<Chore>) async throws {
        try await database.transaction { transaction in
            try await transaction.execute(
                "INSERT INTO effects (job, lane, number) VALUES (\(job.id), \(job.key ?? ""), \(job.job.number))")
            try await job.finish(in: transaction)
        }
    }
}
