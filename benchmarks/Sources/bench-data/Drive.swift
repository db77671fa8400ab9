import ArgumentParser
import Measuring
import Roost
import RoostData

/// Measures the driver without a server. Prints what `measure` prints.
struct Drive: AsyncParsableCommand {
    enum Work: String, ExpressibleByArgument {
        case row, transaction
    }

    @Option(help: "The database's URL.") var database: String
    @Option(help: "What each caller does repeatedly.") var work = Work.row
    @Option(help: "How many callers there are.") var callers = 1
    @Option(help: "How long to measure, in seconds.") var seconds = 3.0

    func run() async throws {
        let database = try await open(database)
        try await measure(callers: callers, seconds: seconds) {
            if work == .row { try await row(in: database) } else { try await transaction(in: database) }
        }
        await database.close()
    }

    private func row(in database: Database) async throws {
        let key = Int.random(in: 1...10_000)
        guard try await database.find(WorldRow.self, key)?.id == key else { throw ValidationError("Another row came back.") }
    }

    /// A `SELECT` and two `UPDATE`s between `BEGIN` and `COMMIT`, in the order of the keys.
    private func transaction(in database: Database) async throws {
        let first = Int.random(in: 1..<10_000), second = Int.random(in: (first + 1)...10_000)
        var batch = Batch()
        batch.execute("SELECT id, number FROM world WHERE id = \(first)")
        for key in [first, second] { batch.run(WorldRow.with(key).update { $0.number += 1 }) }
        let changes = try await database.run(batch)
        guard changes.suffix(2) == [1, 1] else { throw ValidationError("A row was not changed.") }
    }
}
