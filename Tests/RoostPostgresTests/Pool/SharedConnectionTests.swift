import Foundation
import Roost
import RoostData
import TestTools
import Testing

@testable import RoostPostgres

/// Single statements of many tasks over few connections.
@Suite struct SharedConnectionTests {
    private func open(_ options: String, _ name: String = "postgres") async throws -> PostgresDriver {
        try await PostgresDriver.open(try await PostgresServer.shared().url(name, options: options), key: "DATABASE_URL")
    }

    private func number(_ text: String, _ values: [SQLData] = [], on driver: PostgresDriver) async throws -> Int? {
        try await driver.run(Statement(text, values), for: .read) { try $0.next(Int.self) }.rows.first
    }

    @Test(arguments: [1, 2]) func everyTaskGetsItsOwnAnswer(_ connections: Int) async throws {
        let driver = try await open("connections=\(connections)")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<32 {
                group.addTask {
                    for round in 0..<50 {
                        let sum = try await number("SELECT $1::int + $2::int", [.integer(Int64(task)), .integer(Int64(round))], on: driver)
                        #expect(sum == task + round)
                    }
                }
            }
            try await group.waitForAll()
        }
        let backends = try await number(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = current_setting('application_name') AND pid = pg_backend_pid()",
            on: driver)
        #expect(backends == 1)
        await driver.close()
    }

    @Test func anErrorHitsOnlyItsOwnQuery() async throws {
        let driver = try await open("connections=1")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<64 {
                group.addTask {
                    if task.isMultiple(of: 3) {
                        await #expect(throws: DatabaseError.self) { _ = try await number("SELECT 1 / $1::int", [.integer(0)], on: driver) }
                    } else {
                        let quotient = try await number("SELECT 100 / $1::int", [.integer(Int64(task % 3))], on: driver)
                        #expect(quotient == 100 / (task % 3))
                    }
                }
            }
            try await group.waitForAll()
        }
        await driver.close()
    }

    @Test func anErrorOfTheDecoderHitsOnlyItsOwnQuery() async throws {
        struct Refusal: Error {}
        let driver = try await open("connections=1")
        let refused = Task { try await driver.run(Statement("SELECT generate_series(1, 100)"), for: .read) { _ -> Int in throw Refusal() } }
        async let read = driver.run(Statement("SELECT generate_series(1, 100)"), for: .read) { try $0.next(Int.self) }
        #expect(try await read.rows == Array(1...100))
        await #expect(throws: Refusal.self) { _ = try await refused.value }
        await driver.close()
    }

    /// A transaction that somebody begins on a shared connection must not take in the statements of others.
    @Test func aBegunTransactionIsNotShared() async throws {
        let driver = try await open("connections=1")
        let before = try await number("SELECT pg_backend_pid()", on: driver)
        _ = try await driver.run(Statement("BEGIN"), for: .write) { _ in }
        #expect(try await number("SELECT pg_backend_pid()", on: driver) != before)
        await driver.close()
    }

    @Test func aStatementSurvivesAChangeOfTheSchema() async throws {
        let driver = try await open("connections=1", "test_\(UUID().uuidString.prefix(8).lowercased())")
        _ = try await driver.run(Statement("CREATE TABLE things (id int)"), for: .write) { _ in }
        _ = try await driver.run(Statement("INSERT INTO things VALUES ($1)", [.integer(1)]), for: .write) { _ in }
        let all = Statement("SELECT * FROM things")
        #expect(try await driver.run(all, for: .read) { try $0.data() }.rows == [.integer(1)])
        _ = try await driver.run(Statement("ALTER TABLE things ALTER id TYPE text, ADD name text DEFAULT 'x'"), for: .write) { _ in }
        #expect(try await driver.run(all, for: .read) { [try $0.data(), try $0.data()] }.rows == [[.text("1"), .text("x")]])
        _ = try await driver.run(Statement("DEALLOCATE ALL"), for: .write) { _ in }
        #expect(try await driver.run(all, for: .read) { [try $0.data(), try $0.data()] }.rows == [[.text("1"), .text("x")]])
        await driver.close()
    }

    @Test func statementsAreFreed() async throws {
        let driver = try await open("connections=1")
        for index in 0..<300 { _ = try await number("SELECT \(index)", on: driver) }
        // The last one is freed at the end of the flight that counts.
        #expect(try await number("SELECT count(*) FROM pg_prepared_statements", on: driver) == 257)
        await driver.close()
    }

    @Test func aCallerThatIsCancelledLeavesAndOthersDoNot() async throws {
        let driver = try await open("connections=1")
        #expect(try await number("SELECT 1", on: driver) == 1)
        let lock = try await AdvisoryLock.take(await PostgresServer.shared())
        let slow = Task { try await number("SELECT 1 FROM pg_advisory_xact_lock($1)", [.integer(lock.key)], on: driver) }
        try await lock.waitForWaiter()
        let other = Task { try await number("SELECT 2", on: driver) }
        slow.cancel()
        await #expect(throws: CancellationError.self) { _ = try await slow.value }
        await lock.release()
        #expect(try await other.value == 2)
        await driver.close()
    }

    @Test func aQueryThatTakesTooLongIsStopped() async throws {
        let driver = try await open("connections=1")
        #expect(try await number("SELECT 1", on: driver) == 1)
        let lock = try await AdvisoryLock.take(await PostgresServer.shared())
        var context = RequestContext()
        context.deadline = .now + .milliseconds(300)
        let late: (any Error)? = await context.run {
            do {
                _ = try await number("SELECT 1 FROM pg_advisory_xact_lock($1)", [.integer(lock.key)], on: driver)
                return nil
            } catch {
                return error
            }
        }
        #expect((late as? Problem)?.status == .gatewayTimeout)
        // The connection is free again although the lock is not.
        #expect(try await number("SELECT 3", on: driver) == 3)
        await lock.release()
        await driver.close()
    }

    @Test func waitingForAConnectionIsAnotherErrorThanASlowQuery() async throws {
        let driver = try await open("connections=1&pool_timeout=1")
        try await driver.transaction(.write) { session in
            _ = try await session.run(Statement("SELECT 1")) { _ in }
            await #expect {
                _ = try await number("SELECT 1", on: driver)
            } throws: {
                ($0 as? Problem)?.status == .unavailable && ($0 as? Problem)?.detail?.contains("No database connection") == true
            }
            await #expect {
                try await driver.transaction(.write) { _ in }
            } throws: {
                ($0 as? Problem)?.status == .unavailable
            }
        }
        #expect(try await number("SELECT 1", on: driver) == 1)
        await driver.close()
    }

    @Test func afterClosingNothingRuns() async throws {
        let driver = try await open("connections=2")
        #expect(try await number("SELECT 1", on: driver) == 1)
        await driver.close()
        await #expect { _ = try await number("SELECT 1", on: driver) } throws: { ($0 as? DatabaseError)?.code == .closed }
        await #expect { try await driver.transaction(.read) { _ in } } throws: { ($0 as? DatabaseError)?.code == .closed }
    }
}
