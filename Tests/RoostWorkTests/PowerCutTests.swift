import PowerCuts
import Roost
import RoostData
import RoostSQLite
import RoostTesting
import RoostWork
import Synchronization
import Testing

/// The power is cut while jobs are added and worked on. Afterwards, none that was added is lost, and none that was finished is worked on
/// again.
@Suite(.timeLimit(.minutes(5))) struct PowerCutTests {
    /// What was reported, and how much the disk had seen by then.
    private final class Reports: Sendable {
        private let positions = Mutex<[String: Int]>([:])

        func note(_ job: String, at position: Int) { positions.withLock { $0[job] = position } }

        func before(_ position: Int) -> Set<String> {
            positions.withLock { Set($0.filter { $0.value <= position }.keys) }
        }
    }

    private static let migrations =
        WorkTables.migrations + [Migration("done", "CREATE TABLE done (chore TEXT NOT NULL, lane TEXT NOT NULL)")]

    private func finish(_ job: ClaimedJob<Chore>, in database: Database) async throws {
        try await database.transaction { transaction in
            try await transaction.execute("INSERT INTO done VALUES (\(job.id), \(job.key ?? ""))")
            try await job.finish(in: transaction)
        }
    }

    /// Adds jobs while they are worked on, until all are done.
    private func work(_ count: Int, on disk: RecordedDisk, _ added: Reports, _ finished: Reports) async throws {
        let database = try await Database.open(disk.url(), migrations: Self.migrations)
        let queue = WorkQueue<Chore>("chores", in: database, options: Chores.options())
        let worker = Task {
            await queue.run { job in
                // Some fail the first time.
                if job.attempt == 1, job.id.hasSuffix("3") { throw Refusal() }
                try await finish(job, in: database)
                finished.note(job.id, at: disk.position)
            }
        }
        var commits = database.commits().makeAsyncIterator()
        for number in 0..<count {
            let name = String(number)
            _ = try await database.transaction { transaction in
                try await queue.add(Chore(name: name), id: name, key: "\(number % 4)", in: transaction)
            }
            added.note(name, at: disk.position)
        }
        while try await database.first("SELECT 1 FROM roost_work") != nil { await commits.next() }
        worker.cancel()
        await worker.value
        await database.close()
    }

    @Test(arguments: [1, 2] as [UInt64]) func nothingIsLostAndNothingFinishedIsRepeated(seed: UInt64) async throws {
        let folder = try TemporaryFolder(), disk = try RecordedDisk(folder.path), added = Reports(), finished = Reports()
        try await work(40, on: disk, added, finished)
        var cuts = PowerCuts(of: disk, seed: seed), random = SeededGenerator(seed: seed)
        let positions = stride(from: Int(seed), to: cuts.beforeSyncs.count, by: 3).map { cuts.beforeSyncs[$0] }
        try #require(positions.count > 10)
        for position in positions {
            cuts.advance(to: position)
            let loss = [Loss.everything, .tail, .some].randomElement(using: &random) ?? .everything, left = try TemporaryFolder()
            try cuts.leave(in: left.path, losing: loss)
            let cut = "the power cut after \(position) operations, which loses \(loss) (seed \(seed))"
            try await recover(left, added.before(position), finished.before(position), "\(cut)")
        }
    }

    /// Goes on where the cut came.
    private func recover(_ folder: TemporaryFolder, _ added: Set<String>, _ finished: Set<String>, _ cut: Comment) async throws {
        let database = try await Database.open(folder.databaseURL(), migrations: Self.migrations), repeated = Notes()
        let queue = WorkQueue<Chore>("chores", in: database, options: Chores.options())
        let worker = Task {
            await queue.run { job in
                if finished.contains(job.id) { repeated.add(job.id) }
                try await finish(job, in: database)
            }
        }
        var commits = database.commits().makeAsyncIterator()
        while try await database.first("SELECT 1 FROM roost_work") != nil { await commits.next() }
        worker.cancel()
        await worker.value
        let done = try await database.query("SELECT chore, lane FROM done ORDER BY rowid").map { row in
            (chore: try row.get("chore", as: String.self), lane: try row.get("lane", as: String.self))
        }
        #expect(repeated.list.isEmpty, cut)
        #expect(Set(done.map(\.chore)).count == done.count, cut)
        #expect(added.isSubset(of: done.map(\.chore)), cut)
        for lane in Set(done.map(\.lane)) {
            let numbers = done.filter { $0.lane == lane }.compactMap { Int($0.chore) }
            #expect(numbers == numbers.sorted(), cut)
        }
        await database.close()
    }
}
