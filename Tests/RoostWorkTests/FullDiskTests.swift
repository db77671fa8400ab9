import PowerCuts
import Roost
import RoostData
import RoostSQLite
import RoostTesting
import RoostWork
import Testing

/// The disk is full for a while, as jobs are added and worked on.
@Suite(.timeLimit(.minutes(5))) struct FullDiskTests {
    private static let migrations = WorkTables.migrations + [Migration("done", "CREATE TABLE done (chore TEXT NOT NULL)")]

    private func add(_ name: String, to queue: WorkQueue<Chore>, in database: Database) async throws {
        _ = try await database.transaction { try await queue.add(Chore(name: name), id: name, in: $0) }
    }

    @Test func whatIsInProgressEndsOnceThereIsRoom() async throws {
        let folder = try TemporaryFolder(), disk = try RecordedDisk(folder.path)
        let database = try await Database.open(disk.url(), migrations: Self.migrations)
        let queue = WorkQueue<Chore>("chores", in: database, options: Chores.options()), begun = Gate(), full = Gate(), handled = Notes()
        for name in ["a", "b", "c"] { try await add(name, to: queue, in: database) }
        let worker = Task {
            await queue.run { job in
                begun.open()
                await full.wait()
                handled.add(job.id)
                try await database.transaction { transaction in
                    try await transaction.execute("INSERT INTO done VALUES (\(job.id))")
                    try await job.finish(in: transaction)
                }
            }
        }
        await begun.wait()
        disk.room = 0
        // Those who add are told.
        await #expect { try await add("d", to: queue, in: database) } throws: { ($0 as? DatabaseError)?.code == .storage }
        full.open()
        try await eventually("a job cannot be ended") { !handled.list.isEmpty }
        disk.room = nil
        try await add("e", to: queue, in: database)
        var commits = database.commits().makeAsyncIterator()
        while try await database.first("SELECT 1 FROM roost_work") != nil { await commits.next() }
        worker.cancel()
        await worker.value
        let done = try await database.query("SELECT chore FROM done ORDER BY chore").map { try $0.get("chore", as: String.self) }
        #expect(done == ["a", "b", "c", "e"])
        await database.close()
    }
}
