import Foundation
import NIOCore
import NIOPosix
import Roost
import RoostData
import TestTools
import Testing

@testable import RoostPostgres

/// Single statements of many tasks over few connections.
@Suite(.timeLimit(.minutes(5))) struct SharedConnectionTests {
    private func open(_ connections: Int, _ options: String = "", _ name: String = "postgres") async throws -> PostgresDriver {
        try await PostgresDriver.open(try await PostgresServer.shared().url(name, options: options), connections: connections)
    }

    private func number(_ text: String, _ values: [SQLData] = [], on driver: PostgresDriver) async throws -> Int? {
        try await driver.run(Statement(text, values), for: .read) { try $0.next(Int.self) }.rows.first
    }

    @Test(arguments: [1, 2]) func everyTaskGetsItsOwnAnswer(_ connections: Int) async throws {
        let name = "shared_\(UUID().uuidString.prefix(8).lowercased())"
        let url = try await PostgresServer.shared().url("postgres")
        let driver = try await PostgresDriver.open(url, connections: connections, applicationName: name)
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
        // Each task has used one of these.
        let backends = "SELECT count(*) FROM pg_stat_activity WHERE application_name = '\(name)'"
        #expect(try await number(backends, on: driver) == connections)
        await driver.close()
    }

    @Test func anErrorHitsOnlyItsOwnQuery() async throws {
        let driver = try await open(1)
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
        let driver = try await open(1)
        let refused = Task { try await driver.run(Statement("SELECT generate_series(1, 100)"), for: .read) { _ -> Int in throw Refusal() } }
        async let read = driver.run(Statement("SELECT generate_series(1, 100)"), for: .read) { try $0.next(Int.self) }
        #expect(try await read.rows == Array(1...100))
        await #expect(throws: Refusal.self) { _ = try await refused.value }
        await driver.close()
    }

    /// A transaction that somebody begins on a shared connection must not take in the statements of others.
    @Test func aBegunTransactionIsNotShared() async throws {
        let driver = try await open(1)
        let before = try await number("SELECT pg_backend_pid()", on: driver)
        _ = try await driver.run(Statement("BEGIN"), for: .write) { _ in }
        #expect(try await number("SELECT pg_backend_pid()", on: driver) != before)
        await driver.close()
    }

    @Test func aStatementSurvivesAChangeOfTheSchema() async throws {
        let driver = try await open(1, "", "test_\(UUID().uuidString.prefix(8).lowercased())")
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

    /// The first of them prepares the statement, and only then learns of the new type.
    @Test func statementsThatAreSentTogetherLearnOfAChangeOfTheSchema() async throws {
        let name = "test_\(UUID().uuidString.prefix(8).lowercased())"
        let driver = try await open(1, "", name), other = try await open(1, "", name)
        for text in ["CREATE TABLE things (at bigint)", "INSERT INTO things VALUES (1)"] {
            _ = try await driver.run(Statement(text), for: .write) { _ in }
        }
        let all = Statement("SELECT * FROM things")
        #expect(try await driver.run(all, for: .read) { try $0.data() }.rows == [.integer(1)])
        for text in [
            "ALTER TABLE things ALTER at TYPE timestamptz USING to_timestamp(at)",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
        ] {
            _ = try await other.run(Statement(text), for: .write) { _ in }
        }
        let found = try await withThrowingTaskGroup { group in
            for _ in 0..<10 { group.addTask { try await driver.run(all, for: .read) { try $0.data() }.rows } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(found == Array(repeating: .time(Date(timeIntervalSince1970: 1)), count: 10))
        for driver in [driver, other] { await driver.close() }
    }

    /// A part of it may have been committed.
    @Test(arguments: [("DO", 1), ("SELECT", 2)]) func whatMayCommitAPartIsNotRunAgain(operation: String, attempts: Int) async throws {
        let driver = try await open(1, "", "test_\(UUID().uuidString.prefix(8).lowercased())")
        let body = "BEGIN PERFORM nextval('attempts'); RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END"
        for text in [
            "CREATE SEQUENCE attempts", "CREATE FUNCTION fail() RETURNS int LANGUAGE plpgsql AS $$ \(body) $$",
        ] {
            _ = try await driver.run(Statement(text), for: .write) { _ in }
        }
        let statement = Statement(operation == "DO" ? "DO $$ \(body) $$" : "SELECT fail()")
        await #expect(throws: (any Error).self) { try await driver.run(statement, for: .write) { _ in } }
        #expect(try await number("SELECT last_value FROM attempts", on: driver) == attempts)
        await driver.close()
    }

    @Test func statementsAreFreed() async throws {
        let driver = try await open(1)
        for index in 0..<300 { _ = try await number("SELECT \(index)", on: driver) }
        // The one that the count has dropped is freed by the next flight.
        #expect(try await number("SELECT count(*) FROM pg_prepared_statements", on: driver) == 257)
        await driver.close()
    }

    @Test func statementsAreFreedThoughEachFlightFails() async throws {
        let driver = try await open(1)
        for index in 0..<300 {
            await #expect(throws: DatabaseError.self) { try await number("SELECT \(index) / $1::int", [.integer(0)], on: driver) }
        }
        #expect(try await number("SELECT count(*) FROM pg_prepared_statements", on: driver) == 257)
        await driver.close()
    }

    @Test func statementsThatAreOutOfDateAreFreed() async throws {
        let driver = try await open(1, "", "test_\(UUID().uuidString.prefix(8).lowercased())")
        _ = try await driver.run(Statement("CREATE TABLE things (id int)"), for: .write) { _ in }
        for index in 0..<5 {
            _ = try await driver.run(Statement("SELECT * FROM things"), for: .read) { _ in }
            _ = try await driver.run(Statement("ALTER TABLE things ADD more\(index) int"), for: .write) { _ in }
        }
        _ = try await driver.run(Statement("SELECT * FROM things"), for: .read) { _ in }
        let count = "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT * FROM things'"
        #expect(try await number(count, on: driver) == 1)
        await driver.close()
    }

    @Test func aCallerThatIsCancelledLeavesAndOthersDoNot() async throws {
        let driver = try await open(1)
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
        let driver = try await open(1)
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
        let url = try await PostgresServer.shared().url("postgres")
        let driver = try await PostgresDriver.open(url) { ($0.connections, $0.poolTimeout) = (1, .seconds(4)) }
        #expect(try await number("SELECT 1", on: driver) == 1)
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

    /// A table that somebody changes cannot be described until that is over.
    @Test func aDescriptionThatTakesTooLongIsStopped() async throws {
        let driver = try await open(2, "", "test_\(UUID().uuidString.prefix(8).lowercased())")
        _ = try await driver.run(Statement("CREATE TABLE things (id int)"), for: .write) { _ in }
        try await driver.transaction(.write) { session in
            try await session.run(script: "LOCK TABLE things IN ACCESS EXCLUSIVE MODE")
            // The shared connection is open.
            #expect(try await number("SELECT 3", on: driver) == 3)
            var context = RequestContext()
            context.deadline = .now + .milliseconds(300)
            let late: (any Error)? = await context.run {
                do {
                    _ = try await number("SELECT id FROM things", on: driver)
                    return nil
                } catch {
                    return error
                }
            }
            #expect((late as? Problem)?.status == .gatewayTimeout)
            // The only shared connection is free again, although the table is still locked.
            #expect(try await number("SELECT 3", on: driver) == 3)
        }
        #expect(try await number("SELECT id FROM things", on: driver) == nil)
        await driver.close()
    }

    /// A request to cancel a statement may come too late for it. Whatever it hits then is run again.
    @Test func whoeverSharesAConnectionWithALateStatementNoticesNothing() async throws {
        let driver = try await open(1, "", "test_\(UUID().uuidString.prefix(8).lowercased())")
        _ = try await driver.run(Statement("CREATE TABLE things (task int, round int)"), for: .write) { _ in }
        let rounds = 100
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for round in 0..<rounds {
                    var context = RequestContext()
                    context.deadline = .now + .milliseconds(10)
                    // It ends at about the time at which it is cancelled.
                    let sleep = Statement("SELECT pg_sleep($1)", [.real(0.02 + Double(round) / 10_000)])
                    _ = await context.run { try? await driver.run(sleep, for: .read) { _ in } }
                }
            }
            for task in 0..<4 {
                group.addTask {
                    for round in 0..<rounds {
                        let values: [SQLData] = [.integer(Int64(task)), .integer(Int64(round))]
                        _ = try await driver.run(Statement("INSERT INTO things VALUES ($1, $2)", values), for: .write) { _ in }
                        // Its description may be hit, too.
                        #expect(try await number("SELECT \(task) + \(round)", on: driver) == task + round)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await number("SELECT count(*) FROM (SELECT DISTINCT * FROM things) AS distinct_things", on: driver) == 4 * rounds)
        #expect(try await number("SELECT count(*) FROM things", on: driver) == 4 * rounds)
        await driver.close()
    }

    /// The request to cancel comes from another thread, and may overtake what it is to cancel.
    @Test func aCallThatWasCancelledBeforeItArrivedDoesNotRun() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let pool = try await TestPool.make(try await PostgresServer.shared().url("postgres"), on: loop)
        let flight = try await loop.submit {
            let flight = RecordingFlight([])
            pool.value.abandon(flight.id, CancellationError())
            pool.value.submit(flight)
            return NIOLoopBound(flight, eventLoop: loop)
        }.get()
        #expect(try await loop.submit { (flight.value.ending ?? nil) is CancellationError }.get())
        #expect(try await loop.submit { pool.value.overtaking.isEmpty }.get())
        await TestPool.close(pool)
    }

    /// Otherwise, it would be refused at once because it began to wait long ago.
    @Test func aStatementThatIsSentAgainWaitsAnew() {
        let flight = StatementFlight(Statement("SELECT"), id: 1, onlyReads: true, deadline: nil, start: .now - .seconds(3600))
        #expect(flight.renew())
        #expect(flight.start > .now - .seconds(1800))
    }

    /// It fails like one whose connection is lost.
    @Test func aTransactionThatDoesNotEndDoesNotKeepTheDriverOpen() async throws {
        let driver = try await open(2), isClosed = Latch(), isBegun = Latch()
        let work = Task {
            try await driver.transaction(.write) { session in
                _ = try await session.run(Statement("SELECT 1")) { _ in }
                isBegun.open()
                _ = await isClosed.wait(by: nil)
                _ = try await session.run(Statement("SELECT 1")) { _ in }
            }
        }
        _ = await isBegun.wait(by: nil)
        await driver.close(within: .milliseconds(50))
        isClosed.open()
        await #expect {
            try await work.value
        } throws: {
            ($0 as? Problem)?.status == .unavailable
        }
    }

    @Test func afterClosingNothingRuns() async throws {
        let driver = try await open(2)
        #expect(try await number("SELECT 1", on: driver) == 1)
        await driver.close()
        await #expect { _ = try await number("SELECT 1", on: driver) } throws: { ($0 as? DatabaseError)?.code == .closed }
        await #expect { try await driver.transaction(.read) { _ in } } throws: { ($0 as? DatabaseError)?.code == .closed }
    }
}
