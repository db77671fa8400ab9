import PowerCuts
import Roost
import RoostData
import RoostSQLite
import RoostTesting
import Synchronization
import Testing

@testable import RoostWorkflow

/// The power is cut while runs go on. Afterwards, each run that was started ends, with one effect, and continues with what its steps had
/// returned.
@Suite(.timeLimit(.minutes(5))) struct PowerCutTests {
    /// What had happened when the disk had seen how much.
    private final class Moments: Sendable {
        private let positions = Mutex<[String: Int]>([:])

        func note(_ what: String, at position: Int) { positions.withLock { $0[what] = position } }

        func before(_ position: Int) -> Set<String> { positions.withLock { Set($0.filter { $0.value <= position }.keys) } }
    }

    private static let migrations =
        WorkflowTables.migrations + [Migration("bookings", "CREATE TABLE bookings (run TEXT NOT NULL, seat TEXT NOT NULL)")]

    /// Runs that reserve a seat, charge for it and book it.
    private func workflows(in database: Database, charge: @escaping @Sendable (String) -> Void) -> Workflows {
        let flow = Flow { input, run in
            let seat = try await run.step("reserve") { String(Int.random(in: 1..<1_000_000)) }
            try await run.step("charge") { charge("\(input) \(seat)") }
            return try await run.transaction("book") { transaction in
                try await transaction.execute("INSERT INTO bookings VALUES (\(input), \(seat))")
                return seat
            }
        }
        return Workflows([flow], in: database, options: WorkflowOptions(concurrency: 4, grace: .zero))
    }

    /// Works until all runs have ended.
    private func finish(_ workflows: Workflows, _ database: Database, _ starting: () async throws -> Void = {}) async throws {
        let worker = Task { await workflows.run() }
        var commits = database.commits().makeAsyncIterator()
        try await starting()
        while try await database.first("SELECT 1 FROM roost_runs WHERE ended_at IS NULL") != nil { await commits.next() }
        worker.cancel()
        await worker.value
    }

    @Test(arguments: [1, 2] as [UInt64]) func eachRunThatWasStartedHasOneEffect(seed: UInt64) async throws {
        let folder = try TemporaryFolder(), disk = try RecordedDisk(folder.path), started = Moments(), charged = Moments()
        let database = try await Database.open(disk.url(), migrations: Self.migrations)
        let begun = disk.position, workflows = workflows(in: database) { charged.note($0, at: disk.position) }
        try await finish(workflows, database) {
            for number in 0..<15 {
                try await workflows.start(Flow.self, "r\(number)", id: "r\(number)")
                started.note("r\(number)", at: disk.position)
            }
        }
        var cuts = PowerCuts(of: disk, seed: seed), random = SeededGenerator(seed: seed)
        for position in cuts.beforeSyncs where position >= begun {
            cuts.advance(to: position)
            let loss = [Loss.everything, .tail, .some].randomElement(using: &random) ?? .everything, left = try TemporaryFolder()
            try cuts.leave(in: left.path, losing: loss)
            let cut: Comment = "after \(position), losing \(loss) (seed \(seed))"
            let bookings = try await recover(left)
            #expect(Set(bookings.map(\.run)).count == bookings.count, cut)
            #expect(started.before(position).isSubset(of: bookings.map(\.run)), cut)
            // A step begins only once the result of the one before it is on the disk.
            #expect(charged.before(position).isSubset(of: bookings.map { "\($0.run) \($0.seat)" }), cut)
        }
        await database.close()
    }

    /// n + 1 for n steps: one for the start, one before each further step begins, and one for the last step together with the end.
    @Test func aRunWaitsForTheDiskOnceMoreThanItHasSteps() async throws {
        let folder = try TemporaryFolder(), disk = try RecordedDisk(folder.path)
        let database = try await Database.open(disk.url(), migrations: Self.migrations)
        let begun = disk.position, workflows = workflows(in: database) { _ in }
        try await finish(workflows, database) { try await workflows.start(Flow.self, "r", id: "r") }
        #expect(disk.synchronizations(since: begun) == 4)
        await database.close()
    }

    @Test func runsThatGoOnAtOnceShareTheirWaitsForTheDisk() async throws {
        let folder = try TemporaryFolder(), disk = try RecordedDisk(folder.path), count = 64
        let database = try await Database.open(disk.url(), migrations: Self.migrations)
        let begun = disk.position, workflows = workflows(in: database) { _ in }
        try await finish(workflows, database) {
            try await withThrowingTaskGroup { group in
                for number in 0..<count { group.addTask { _ = try await workflows.start(Flow.self, "r\(number)", id: "r\(number)") } }
                while try await group.next() != nil {}
            }
        }
        #expect(disk.synchronizations(since: begun) < 4 * count)
        await database.close()
    }

    /// Goes on where the cut came.
    private func recover(_ folder: TemporaryFolder) async throws -> [(run: String, seat: String)] {
        let database = try await Database.open(folder.databaseURL(), migrations: Self.migrations)
        try await finish(workflows(in: database) { _ in }, database)
        let bookings = try await database.query("SELECT run, seat FROM bookings").map { row in
            (run: try row.get("run", as: String.self), seat: try row.get("seat", as: String.self))
        }
        await database.close()
        return bookings
    }
}
