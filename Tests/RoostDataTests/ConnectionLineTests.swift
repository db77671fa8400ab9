import Roost
import RoostData
import Synchronization
import Testing

@testable import RoostSQLite

/// The queue of callers that wait for a connection.
@Suite(.timeLimit(.minutes(1))) struct ConnectionLineTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func line(connections: Int = 1, timeout: Duration = .seconds(60), capacity: Int = 10_000) throws -> ConnectionLine {
        let file = try SQLiteFile(SQLiteLocation(url: directory.url(), key: "DATABASE_URL"))
        return ConnectionLine(connections: connections, timeout: timeout, capacity: capacity) { try SQLiteConnection(file, for: .write) }
    }

    /// What the tasks have recorded.
    private final class Notes: Sendable {
        private let numbers = Mutex<[Int]>([])

        var all: [Int] { numbers.withLock { $0 } }

        func add(_ number: Int) { numbers.withLock { $0.append(number) } }
    }

    /// Holds one of the connections until it is released.
    private struct Holder {
        let task: Task<Void, any Error>
        private let end: AsyncStream<Void>.Continuation

        init(_ line: ConnectionLine) async {
            let (begun, begin) = AsyncStream.makeStream(of: Void.self), (ends, end) = AsyncStream.makeStream(of: Void.self)
            task = Task {
                defer { begin.finish() }
                try await line.withConnection { _ in
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

    private func wait(for count: Int, in line: ConnectionLine) async {
        while line.waitingCount != count { await Task.yield() }
    }

    @Test func turnsComeInOrder() async throws {
        let line = try line()
        let holder = await Holder(line)
        let served = Notes()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<20 {
                group.addTask { try await line.withConnection { _ in served.add(index) } }
                await wait(for: index + 1, in: line)
            }
            try await holder.release()
            try await group.waitForAll()
        }
        #expect(served.all == Array(0..<20))
        await line.close()
    }

    @Test func aLongWaitIsA503AndTheLineGoesOn() async throws {
        let line = try line(timeout: .milliseconds(500))
        let holder = await Holder(line)
        for _ in 0..<2 {
            await #expect { try await line.withConnection { _ in } } throws: { ($0 as? Problem)?.status == .unavailable }
        }
        try await holder.release()
        #expect(try await line.withConnection { _ in 1 } == 1)
        await line.close()
    }

    @Test func aFullLineIsA503() async throws {
        let line = try line(capacity: 0)
        await #expect { try await line.withConnection { _ in } } throws: { ($0 as? Problem)?.status == .unavailable }
        await line.close()
    }

    @Test func whoIsCancelledLeavesTheLine() async throws {
        let line = try line()
        let holder = await Holder(line)
        let waiter = Task { try await line.withConnection { _ in Issue.record("It had no turn.") } }
        await wait(for: 1, in: line)
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        #expect(line.waitingCount == 0)
        try await holder.release()
        #expect(try await line.withConnection { _ in 1 } == 1)
        await line.close()
    }

    /// Cancellation can happen at any time, even before the task has joined the queue.
    @Test func whoeverIsCancelledIsDoneOnceAndNobodyIsForgotten() async throws {
        let line = try line()
        let ran = Notes()
        let tasks = (0..<500).map { index in
            let task = Task { try await line.withConnection { _ in ran.add(index) } }
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
        #expect(served >= 250 && served == ran.all.count)
        await line.close()
    }

    /// Cancellation can happen just when a connection is assigned, which must not be lost.
    @Test func whoeverIsCancelledAsTheTurnComesGivesItBack() async throws {
        let line = try line()
        for _ in 0..<300 {
            let holder = await Holder(line)
            let waiters = (0..<4).map { _ in Task { try await line.withConnection { _ in } } }
            async let released: Void = holder.release()
            for waiter in waiters { waiter.cancel() }
            try await released
            for waiter in waiters { _ = await waiter.result }
        }
        #expect(try await line.withConnection { _ in 1 } == 1)
        await line.close()
    }

    @Test func closingTurnsAwayWhoWaitsAndWaitsForWhoHasATurn() async throws {
        let line = try line()
        let holder = await Holder(line)
        let waiter = Task { try await line.withConnection { _ in Issue.record("It had no turn.") } }
        await wait(for: 1, in: line)
        let closing = Task { await line.close() }
        await #expect(throws: DatabaseError(.closed, "the database is closed")) { try await waiter.value }
        await #expect(throws: DatabaseError(.closed, "the database is closed")) { try await line.withConnection { _ in } }
        try await holder.release()
        await closing.value
    }

    @Test func connectionsAreOpenedWhenTheyAreNeededAndNoMoreThanThereMayBe() async throws {
        let file = try SQLiteFile(SQLiteLocation(url: directory.url(), key: "DATABASE_URL")), opened = Notes()
        let line = ConnectionLine(connections: 3, timeout: .seconds(60)) {
            opened.add(1)
            return try SQLiteConnection(file, for: .write)
        }
        #expect(opened.all.isEmpty)
        let holders = [await Holder(line), await Holder(line), await Holder(line)]
        let waiter = Task { try await line.withConnection { _ in } }
        await wait(for: 1, in: line)
        #expect(opened.all.count == 3)
        for holder in holders { try await holder.release() }
        try await waiter.value
        await line.close()
    }

    @Test func whereNoConnectionOpensEveryoneIsToldWhyAndTheNextOneTriesAgain() async throws {
        struct Fault: Error {}
        let file = try SQLiteFile(SQLiteLocation(url: directory.url(), key: "DATABASE_URL")), opened = Notes()
        let line = ConnectionLine(connections: 1, timeout: .seconds(60)) {
            if opened.all.isEmpty { throw Fault() }
            return try SQLiteConnection(file, for: .write)
        }
        let waiters = (0..<10).map { _ in Task { try await line.withConnection { _ in } } }
        for waiter in waiters { await #expect(throws: Fault.self) { try await waiter.value } }
        opened.add(1)
        #expect(try await line.withConnection { _ in 1 } == 1)
        await line.close()
    }
}
