import Foundation
import Roost
import RoostData
import Synchronization
import TestTools
import Testing

@testable import RoostPostgres

/// Connections that are lost, and servers that go away.
@Suite(.timeLimit(.minutes(5))) struct LostConnectionTests {
    @Test func aTransactionWhoseConnectionDiesIsNotCommitted() async throws {
        let server = try await PostgresServer.shared()
        let driver = try await PostgresDriver.open(server.url(), key: "DATABASE_URL")
        _ = try await driver.run(Statement("CREATE TABLE things (id int)"), for: .write) { _ in }
        await #expect {
            try await driver.transaction(.write) { session in
                _ = try await session.run(Statement("INSERT INTO things VALUES (1)")) { _ in }
                let process = try await session.run(Statement("SELECT pg_backend_pid()")) { try $0.next(Int.self) }.rows[0]
                _ = try await server.psql("SELECT pg_terminate_backend(\(process), 5000)")
                _ = try await session.run(Statement("INSERT INTO things VALUES (2)")) { _ in }
            }
        } throws: {
            ($0 as? Problem)?.status == .unavailable
        }
        #expect(try await driver.run(Statement("SELECT id FROM things"), for: .read) { try $0.data() }.rows.isEmpty)
        await driver.close()
    }

    /// Reads are sent again, so nobody notices.
    @Test func backendsThatAreTerminatedUnderLoadFailNoRead() async throws {
        let server = try await PostgresServer.shared()
        let driver = try await PostgresDriver.open(server.url(options: "connections=4&application_name=victim"), key: "DATABASE_URL")
        let progress = Progress()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    // Nobody waits for a task that has failed.
                    defer { progress.isOver.store(true, ordering: .relaxed) }
                    while !progress.isOver.load(ordering: .relaxed) {
                        let rows = try await driver.run(Statement("SELECT $1::int", [.integer(Int64(task))]), for: .read) {
                            try $0.next(Int.self)
                        }.rows
                        #expect(rows == [task])
                        progress.reads.withLock { $0[task, default: 0] += 1 }
                    }
                }
            }
            for _ in 1...5 {
                _ = try await server.psql(
                    "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = 'victim'")
                // A read is sent again a few times, so each task gets an answer before the next round. It may have begun before this one.
                progress.reads.withLock { $0 = [:] }
                while progress.reads.withLock({ $0.count { $0.value >= 2 } }) < 8, !progress.isOver.load(ordering: .relaxed) {
                    // Nothing tells when this changes, so it is asked again.
                    try await Task.sleep(for: .milliseconds(1))
                }
            }
            progress.isOver.store(true, ordering: .relaxed)
            try await group.waitForAll()
        }
        await driver.close()
    }

    /// What was acknowledged is there after ten crashes, and the driver heals by itself each time.
    @Test func nothingAcknowledgedIsLostWhenTheServerIsKilled() async throws {
        let server = try await PostgresServer.start(settings: ["fsync = on"])
        let driver = try await PostgresDriver.open(server.url(), key: "DATABASE_URL")
        _ = try await driver.run(Statement("CREATE TABLE entries (id uuid PRIMARY KEY)"), for: .write) { _ in }
        let progress = Progress()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    while !progress.isOver.load(ordering: .relaxed) {
                        let id = UUID.v7(), insertion = Statement("INSERT INTO entries VALUES ($1)", [.uuid(id)])
                        do {
                            // Half of them on shared connections, and half in transactions.
                            if task.isMultiple(of: 2) {
                                _ = try await driver.run(insertion, for: .write) { _ in }
                            } else {
                                try await driver.transaction(.write) { _ = try await $0.run(insertion) { _ in } }
                            }
                            progress.acknowledged.withLock { _ = $0.insert(id) }
                        } catch let problem as Problem {
                            #expect(problem.status == .unavailable)
                            #expect(problem.headers["retry-after"] == "1")
                            // The server is down: the next attempt need not be immediate.
                            try await Task.sleep(for: .milliseconds(5))
                        }
                    }
                }
            }
            for _ in 0..<10 {
                try await progress.waitForMore()
                try await server.kill()
                try await server.restart()
            }
            try await progress.waitForMore()
            progress.isOver.store(true, ordering: .relaxed)
            try await group.waitForAll()
        }
        let stored = Set(try await driver.run(Statement("SELECT id FROM entries"), for: .read) { try $0.next(UUID.self) }.rows)
        #expect(progress.acknowledged.withLock { $0 }.subtracting(stored).isEmpty)
        await driver.close()
    }
}

/// What the tasks of a test share.
private final class Progress: Sendable {
    let isOver = Atomic(false)
    /// How many reads each task has made.
    let reads = Mutex<[Int: Int]>([:])
    let acknowledged = Mutex<Set<UUID>>([])

    /// Waits until some more changes are acknowledged.
    func waitForMore() async throws {
        let before = acknowledged.withLock { $0.count }
        // Nothing tells when this changes, so it is asked again.
        while acknowledged.withLock({ $0.count }) < before + 50 { try await Task.sleep(for: .milliseconds(1)) }
    }
}
