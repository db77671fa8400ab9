import Foundation
import Roost
import RoostData
import RoostSQLite
import RoostTesting
import RoostWork
import Synchronization

/// A job of the tests.
@Schema
struct Chore: Equatable {
    var name: String
}

struct Refusal: Error {}

/// A database with a queue of chores.
final class Chores: Sendable {
    let directory: TemporaryFolder
    let database: Database
    let queue: WorkQueue<Chore>

    static func options(concurrency: Int = 4, attempts: Int = 3) -> WorkOptions {
        WorkOptions(
            concurrency: concurrency, retry: RetryPolicy(attempts: attempts, backoff: Backoff(first: .milliseconds(1))),
            poll: .milliseconds(20), grace: .seconds(30))
    }

    init(
        _ options: WorkOptions = Chores.options(), _ migrations: [Migration] = [], clock: any ServiceClock = WallClock()
    ) async throws {
        directory = try TemporaryFolder()
        let done = Migration("done", "CREATE TABLE done (chore TEXT NOT NULL, worker TEXT NOT NULL)")
        database = try await Database.open(directory.databaseURL(), migrations: WorkTables.migrations + [done] + migrations, clock: clock)
        queue = WorkQueue("chores", in: database, options: options)
    }

    func add(_ names: String..., key: String? = nil, at date: Date? = nil) async throws {
        try await database.transaction { transaction in
            for name in names { try await self.queue.add(Chore(name: name), id: name, key: key, at: date, in: transaction) }
        }
    }

    /// The number of jobs in a state.
    func count(_ state: String = "waiting") async throws -> Int {
        try await database.query("SELECT 1 FROM roost_work WHERE state = \(state)").count
    }

    /// Runs `body` while the jobs of the queue are processed.
    func working(
        by handle: @escaping @Sendable (ClaimedJob<Chore>) async throws -> Void, _ body: () async throws -> Void
    ) async throws {
        let worker = Task { await queue.run(handle) }
        do { try await body() } catch {
            worker.cancel()
            await worker.value
            throw error
        }
        worker.cancel()
        await worker.value
    }

    /// Waits until a condition holds, which is checked after each commit.
    func wait(until isDone: () async throws -> Bool) async throws {
        let commits = database.commits()
        var iterator = commits.makeAsyncIterator()
        while try await !isDone() { await iterator.next() }
    }
}

/// What handlers have recorded.
final class Notes: Sendable {
    private let all = Mutex<[String]>([])

    func add(_ note: String) { all.withLock { $0.append(note) } }
    var list: [String] { all.withLock { $0 } }
}

/// A gate that is opened once, by anyone.
final class Gate: Sendable {
    private let (stream, continuation) = AsyncStream.makeStream(of: Void.self)

    func open() { continuation.finish() }

    /// Waits until it is open, or the task is cancelled.
    func wait() async { for await _ in stream {} }
}

extension TemporaryFolder {
    /// Lets the worker process with this name complete its jobs.
    func letGo(_ name: String) throws { try Data().write(to: URL(fileURLWithPath: file("go-\(name)"))) }
}
