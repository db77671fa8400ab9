import Foundation
import Roost
import RoostData
import RoostTesting
import Synchronization
import Testing

@testable import RoostSQLite

/// The body of a transaction runs on its connection's thread, wherever it is called from and whatever it waits for.
@Suite(.timeLimit(.minutes(5))) struct TransactionExecutorTests {
    private let directory: TemporaryFolder
    private let schema = Migration("0001_notes", "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);")

    init() throws { directory = try TemporaryFolder() }

    private func open(_ file: String = "test.db") async throws -> Database {
        try await Database.open(directory.databaseURL(file), migrations: [schema])
    }

    private func texts(_ database: Database) async throws -> [String] {
        try await database.query("SELECT text FROM notes ORDER BY id").map { try $0.get("text") }
    }

    /// The current thread.
    fileprivate static var thread: UInt { UInt(pthread_self()) }

    private actor Counter {
        private(set) var value = 0
        func next() -> Int {
            value += 1
            return value
        }
    }

    /// An actor with a thread of its own.
    private actor Foreign {
        private final class Executor: SerialExecutor {
            private let queue = DispatchQueue(label: "foreign")

            func enqueue(_ job: consuming ExecutorJob) {
                let job = UnownedJob(job)
                queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
            }
        }

        private let executor = Executor()
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

        func thread() -> UInt { TransactionExecutorTests.thread }
    }

    @Test func theBodyAndItsStatementsStayOnOneThread() async throws {
        let database = try await open()
        let threads = try await database.transaction { transaction in
            var threads: Set<UInt> = [Self.thread]
            for index in 0..<5 {
                try await transaction.execute("INSERT INTO notes (text) VALUES (\(String(index)))")
                threads.insert(Self.thread)
            }
            return threads
        }
        #expect(threads.count == 1)
        await database.close()
    }

    @Test func statementsAfterTheBodyWaitedElsewhereAreStillInTheTransaction() async throws {
        let database = try await open(), counter = Counter(), foreign = Foreign()
        let (elsewhere, threads) = try await database.transaction { transaction in
            var threads: Set<UInt> = [Self.thread]
            var elsewhere: Set<UInt> = []
            for step in 0..<4 {
                switch step {
                case 0: _ = await counter.next()
                case 1: elsewhere.insert(await foreign.thread())
                // The body waits for something other than the database.
                case 2: try await Task.sleep(for: .milliseconds(1))
                default: elsewhere.insert(await Task.detached { Self.thread }.value)
                }
                threads.insert(Self.thread)
                try await transaction.execute("INSERT INTO notes (text) VALUES (\(String(step)))")
                let seen = try await Task.detached { try await database.query("SELECT * FROM notes").count }.value
                #expect(seen == 0)
            }
            return (elsewhere, threads)
        }
        #expect(threads.count == 1 && elsewhere.isDisjoint(with: threads))
        #expect(try await texts(database) == ["0", "1", "2", "3"])
        await database.close()
    }

    @Test func childTasksUseTheTransactionOneStatementAtATime() async throws {
        let database = try await open()
        try await database.transaction { transaction in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<50 {
                    group.addTask { try await transaction.execute("INSERT INTO notes (text) VALUES (\(String(index)))") }
                }
                let changes = try await group.reduce(0, +)
                #expect(changes == 50)
            }
            async let rows = transaction.query("SELECT * FROM notes")
            let count = try await rows.count
            #expect(count == 50)
        }
        #expect(try await texts(database).count == 50)
        await database.close()
    }

    @Test func tasksOutsideOfTheBodyUseItUntilItIsOver() async throws {
        let database = try await open(), kept = Mutex<Transaction?>(nil)
        try await database.transaction { transaction in
            kept.withLock { $0 = transaction }
            let tasks = (0..<20).map { index in
                Task.detached { try await transaction.execute("INSERT INTO notes (text) VALUES (\(String(index)))") }
            }
            var changes = 0
            for task in tasks { changes += try await task.value }
            #expect(changes == 20)
        }
        let late = try #require(kept.withLock { $0 })
        await #expect(throws: DatabaseError(.closed, "the transaction is over")) {
            try await late.execute("INSERT INTO notes (text) VALUES ('late')")
        }
        #expect(try await texts(database).count == 20)
        await database.close()
    }

    /// A statement that passed the first check while the transaction ended must not run in the next transaction.
    @Test func aStatementThatComesTooLateRunsInNobodyElsesTransaction() async throws {
        let database = try await open()
        for round in 0..<100 {
            let straggler = try await database.transaction { transaction in
                let task: Task<Void, any Error> = Task.detached {
                    while true { try await transaction.execute("INSERT OR IGNORE INTO notes (text) VALUES (\("of \(round)"))") }
                }
                try await transaction.execute("INSERT INTO notes (text) VALUES (\(String(round)))")
                return task
            }
            let count = try await database.transaction { transaction in
                try await transaction.execute("DELETE FROM notes WHERE text LIKE 'of %'")
                _ = await straggler.result
                return try await transaction.query("SELECT * FROM notes WHERE text LIKE 'of %'").count
            }
            #expect(count == 0)
        }
        await database.close()
    }

    @Test func nestedTransactionsOfTwoDatabasesComeBackToTheirOwnThreads() async throws {
        let outer = try await open("outer.db"), inner = try await open("inner.db")
        try await outer.transaction { transaction in
            let before = Self.thread
            let within = try await inner.transaction { transaction in
                try await transaction.execute("INSERT INTO notes (text) VALUES ('inner')")
                return Self.thread
            }
            #expect(within != before && Self.thread == before)
            try await transaction.execute("INSERT INTO notes (text) VALUES ('outer')")
        }
        #expect(try await texts(outer) == ["outer"])
        #expect(try await texts(inner) == ["inner"])
        await outer.close()
        await inner.close()
    }

    @Test func aBodyOfTheMainActorIsServedToo() async throws {
        let database = try await open()
        try await database.transaction { @MainActor transaction in
            try await transaction.execute("INSERT INTO notes (text) VALUES ('main')")
            MainActor.preconditionIsolated()
        }
        #expect(try await texts(database) == ["main"])
        await database.close()
    }

    @Test func callersOfActorsComeBackToThem() async throws {
        let database = try await open()
        actor Caller {
            var count = 0
            func add(_ database: Database) async throws -> Bool {
                count += 1
                let before = count
                _ = try await database.transaction { try await $0.execute("INSERT INTO notes (text) VALUES (\(String(before)))") }
                self.preconditionIsolated()
                count += 1
                return true
            }
        }
        let caller = Caller()
        for _ in 0..<3 { #expect(try await caller.add(database)) }
        #expect(try await texts(database) == ["1", "3", "5"])
        await database.close()
    }

    @Test func aBodyWithoutAStatementAndOneThatFailsLeaveTheConnectionFree() async throws {
        struct Stop: Error {}
        let database = try await open()
        for _ in 0..<10 {
            try await database.transaction { _ in }
            try await database.read { _ in }
            await #expect(throws: Stop.self) { try await database.transaction { _ in throw Stop() } }
            await #expect(throws: Stop.self) {
                try await database.transaction { transaction in
                    try await transaction.execute("INSERT INTO notes (text) VALUES ('a')")
                    await Task.yield()
                    throw Stop()
                }
            }
        }
        #expect(try await texts(database).isEmpty)
        await database.close()
    }

    /// After the engine has ended a transaction by itself, nothing must run outside of it.
    @Test func nothingRunsAfterTheEngineHasEndedTheTransaction() async throws {
        let database = try await open()
        try await database.execute("INSERT INTO notes (text) VALUES ('there')")
        let outcome = await Task {
            try await database.transaction { transaction in
                try await transaction.execute("INSERT INTO notes (text) VALUES ('before')")
                _ = try? await transaction.execute("INSERT OR ROLLBACK INTO notes (text) VALUES ('there')")
                try await transaction.execute("INSERT INTO notes (text) VALUES ('after')")
            }
        }.result
        #expect(throws: DatabaseError.self) { try outcome.get() }
        #expect(try await texts(database) == ["there"])
        try await database.execute("INSERT INTO notes (text) VALUES ('next')")
        #expect(try await texts(database) == ["there", "next"])
        await database.close()
    }

    @Test func aDatabaseThatIsDroppedClosesItsConnections() async throws {
        @Sendable func descriptors() -> Int {
            let links = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
            return links.count {
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))?.hasPrefix(directory.path) == true
            }
        }
        do {
            let database = try await open()
            try await database.execute("INSERT INTO notes (text) VALUES ('a')")
            #expect(try await texts(database) == ["a"])
            #expect(descriptors() > 0)
        }
        try await eventually("the files are closed") { descriptors() == 0 }
    }

    /// Everything concurrently, with a comparison of what was acknowledged and what is stored.
    @Test func whatWasToldIsThere() async throws {
        struct Stop: Error {}
        let database = try await open()
        let tasks = (0..<600).map { index in
            let task = Task {
                try await database.transaction { transaction in
                    try await transaction.execute("INSERT INTO notes (text) VALUES (\("\(index)"))")
                    switch index % 6 {
                    case 1: throw Stop()
                    case 2: try await transaction.execute("INSERT INTO notes (text) VALUES (\("\(index)"))")
                    case 3: await Task.yield()
                    // The body waits for something other than the database.
                    case 4: try await Task.sleep(for: .microseconds(100))
                    case 5: _ = try await Task.detached { try await transaction.execute("UPDATE notes SET text = text") }.value
                    default: break
                    }
                }
            }
            if index % 7 == 0 { task.cancel() }
            return task
        }
        var told: Set<String> = [], busy = 0
        for (index, task) in tasks.enumerated() {
            do {
                try await task.value
                told.insert("\(index)")
            } catch let problem as Problem where problem.status == .unavailable {
                // It waited for too long, on a slow disk.
                busy += 1
            } catch {}
        }
        #expect(Set(try await texts(database)) == told)
        #expect(told.count + busy > 200)
        await database.close()
    }
}
