import Roost
import RoostData
import RoostTesting
import Synchronization
import Testing

@testable import RoostSQLite

/// The queue of those who wait for their turn to write.
@Suite(.timeLimit(.minutes(5))) struct WriterTests {
    private let directory: TemporaryFolder

    init() throws { directory = try TemporaryFolder() }

    private func writer(timeout: Duration = .seconds(60), capacity: Int = 10_000) throws -> Writer {
        let file = try SQLiteFile(SQLiteLocation(url: directory.databaseURL(), key: "DATABASE_URL"))
        return Writer(file, timeout: timeout, capacity: capacity, limits: .patient) { try SQLiteConnection.open(file, for: .write) }
    }

    /// What the tasks have recorded.
    private final class Notes: Sendable {
        private let numbers = Mutex<[Int]>([])

        var all: [Int] { numbers.withLock { $0 } }

        func add(_ number: Int) { numbers.withLock { $0.append(number) } }
    }

    /// Holds the connection until it is released.
    private struct Holder {
        let task: Task<Void, any Error>
        private let end: AsyncStream<Void>.Continuation

        init(_ writer: Writer) async {
            let (begun, begin) = AsyncStream.makeStream(of: Void.self), (ends, end) = AsyncStream.makeStream(of: Void.self)
            task = Task {
                defer { begin.finish() }
                try await writer.transaction { _ in
                    begin.finish()
                    for await _ in ends {}
                }
            }
            self.end = end
            for await _ in begun {}
        }

        func release() async throws {
            end.finish()
            try await task.value
        }
    }

    private func wait(for count: Int, in writer: Writer) async {
        while writer.waitingCount != count { await Task.yield() }
    }

    @Test func turnsComeInOrder() async throws {
        let writer = try writer()
        let holder = await Holder(writer)
        let served = Notes()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<20 {
                group.addTask { try await writer.transaction { _ in served.add(index) } }
                await wait(for: index + 1, in: writer)
            }
            try await holder.release()
            try await group.waitForAll()
        }
        #expect(served.all == Array(0..<20))
        await writer.close()
    }

    @Test func aLongWaitIsA503AndTheLineGoesOn() async throws {
        let writer = try writer(timeout: .seconds(2))
        let holder = await Holder(writer)
        for _ in 0..<2 {
            await #expect { try await writer.transaction { _ in } } throws: { ($0 as? Problem)?.status == .unavailable }
        }
        try await holder.release()
        #expect(try await writer.transaction { _ in 1 } == 1)
        await writer.close()
    }

    @Test func aFullLineIsA503() async throws {
        let writer = try writer(capacity: 0)
        await #expect { try await writer.transaction { _ in } } throws: { ($0 as? Problem)?.status == .unavailable }
        await writer.close()
    }

    @Test func whoIsCancelledLeavesTheLine() async throws {
        let writer = try writer()
        let holder = await Holder(writer)
        let waiter = Task { try await writer.transaction { _ in Issue.record("It had no turn.") } }
        await wait(for: 1, in: writer)
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        #expect(writer.waitingCount == 0)
        try await holder.release()
        #expect(try await writer.transaction { _ in 1 } == 1)
        await writer.close()
    }

    /// Cancellation can happen at any time, even before the task has joined the queue.
    @Test func whoeverIsCancelledIsDoneOnceAndNobodyIsForgotten() async throws {
        let writer = try writer()
        let ran = Notes()
        let tasks = (0..<500).map { index in
            let task = Task { try await writer.transaction { _ in ran.add(index) } }
            if index.isMultiple(of: 2) { task.cancel() }
            return task
        }
        var served = 0
        for task in tasks {
            do {
                try await task.value
                served += 1
            } catch is CancellationError {}
        }
        // One that is cancelled after it ran is undone.
        #expect(served >= 250 && served <= ran.all.count)
        #expect(Set(ran.all).count == ran.all.count)
        await writer.close()
    }

    /// Cancellation can happen just when a connection is assigned, which must not be lost.
    @Test func whoeverIsCancelledAsTheTurnComesGivesItBack() async throws {
        let writer = try writer()
        for _ in 0..<300 {
            let holder = await Holder(writer)
            let waiters = (0..<4).map { _ in Task { try await writer.transaction { _ in } } }
            async let released: Void = holder.release()
            for waiter in waiters { waiter.cancel() }
            try await released
            for waiter in waiters { _ = await waiter.result }
        }
        #expect(try await writer.transaction { _ in 1 } == 1)
        await writer.close()
    }

    @Test func closingTurnsAwayWhoWaitsAndWaitsForWhoHasATurn() async throws {
        let writer = try writer()
        let holder = await Holder(writer)
        let waiter = Task { try await writer.transaction { _ in Issue.record("It had no turn.") } }
        await wait(for: 1, in: writer)
        let closing = Task { await writer.close() }
        await #expect(throws: DatabaseError(.closed, "the database is closed")) { try await waiter.value }
        await #expect(throws: DatabaseError(.closed, "the database is closed")) { try await writer.transaction { _ in } }
        try await holder.release()
        await closing.value
    }

    @Test func whereNoConnectionOpensEveryoneIsToldWhyAndTheNextOneTriesAgain() async throws {
        struct Fault: Error {}
        let file = try SQLiteFile(SQLiteLocation(url: directory.databaseURL(), key: "DATABASE_URL")), opened = Notes()
        let writer = Writer(file, timeout: .seconds(60)) {
            if opened.all.isEmpty { throw Fault() }
            return try SQLiteConnection.open(file, for: .write)
        }
        let waiters = (0..<10).map { _ in Task { try await writer.transaction { _ in } } }
        for waiter in waiters { await #expect(throws: Fault.self) { try await waiter.value } }
        opened.add(1)
        #expect(try await writer.transaction { _ in 1 } == 1)
        await writer.close()
    }
}

extension CommitLimits {
    /// Limits for tests that hold up others.
    static var patient: CommitLimits {
        CommitLimits(age: .seconds(60), grace: .seconds(60), warning: .seconds(60), idle: .seconds(60))
    }
}
