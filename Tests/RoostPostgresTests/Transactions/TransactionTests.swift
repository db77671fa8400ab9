import Foundation
import Roost
import RoostData
import TestTools
import Testing

@testable import RoostPostgres

@Suite(.timeLimit(.minutes(5))) struct TransactionTests {
    private func open(_ options: String = "") async throws -> PostgresDriver {
        let driver = try await PostgresDriver.open(try await PostgresServer.shared().url(options: options)) { _ in }
        _ = try await driver.run(
            Statement("CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL CHECK (balance >= 0))"), for: .write
        ) { _ in }
        _ = try await driver.run(Statement("INSERT INTO accounts VALUES (1, 100), (2, 100)"), for: .write) { _ in }
        return driver
    }

    private func balances(_ driver: PostgresDriver) async throws -> [Int] {
        try await driver.run(Statement("SELECT balance FROM accounts ORDER BY id"), for: .read) { try $0.next(Int.self) }.rows
    }

    /// The server undoes such a transaction, and does not call that an error.
    @Test func aTransactionWhoseStatementWasGivenUpIsNotCommitted() async throws {
        let driver = try await open()
        await #expect {
            try await driver.transaction(.write) { session in
                _ = try await session.run(Statement("UPDATE accounts SET balance = 7")) { _ in }
                let slow = Task { try await session.run(Statement("SELECT pg_sleep(60)")) { _ in } }
                let isRunning = Statement("SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)' AND wait_event = 'PgSleep'")
                while try await driver.run(isRunning, for: .read, { _ in }).rows.isEmpty { await Task.yield() }
                slow.cancel()
                _ = try? await slow.value
            }
        } throws: {
            // The server's own error, if it has come by then.
            $0 is DatabaseError || ($0 as? Problem)?.status == .gatewayTimeout
        }
        #expect(try await !balances(driver).contains(7))
        await driver.close()
    }

    /// It is stopped on the server, and the connection is used again.
    @Test func aBatchThatIsGivenUpKeepsItsConnection() async throws {
        let driver = try await open()
        let slow = Task { try await driver.run([Statement("SELECT 1"), Statement("SELECT pg_sleep(61)")], for: .read) { _ in } }
        let sleeping = Statement("SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query LIKE '%pg_sleep(61)'")
        func sleeper() async throws -> Int? { try await driver.run(sleeping, for: .read) { try $0.next(Int.self) }.rows.first }
        var process = try await sleeper()
        while process == nil { process = try await sleeper() }
        slow.cancel()
        _ = try? await slow.value
        while try await sleeper() != nil { await Task.yield() }
        let rest = Statement("SELECT count(*) FROM pg_stat_activity WHERE pid = $1", [.integer(Int64(try #require(process)))])
        #expect(try await driver.run(rest, for: .read) { try $0.next(Int.self) }.rows == [1])
        await driver.close()
    }

    @Test func aTransactionIsAllOrNothing() async throws {
        struct Refusal: Error {}
        let driver = try await open()
        try await driver.transaction(.write) { session in
            let results = try await session.run([
                Statement("UPDATE accounts SET balance = balance - $1 WHERE id = 1", [.integer(30)]),
                Statement("UPDATE accounts SET balance = balance + $1", [.integer(1)]),
            ]) { _ in }
            #expect(results.map(\.changes) == [1, 2])
        }
        await #expect(throws: Refusal.self) {
            try await driver.transaction(.write) { session in
                _ = try await session.run(Statement("DELETE FROM accounts")) { _ in }
                throw Refusal()
            }
        }
        #expect(try await balances(driver) == [71, 101])
        await driver.close()
    }

    /// A server answers such a commit as if nothing were wrong.
    @Test func aFailedTransactionIsNotCommitted() async throws {
        let driver = try await open()
        await #expect {
            try await driver.transaction(.write) { session in
                _ = try await session.run(Statement("UPDATE accounts SET balance = 0")) { _ in }
                _ = try? await session.run(Statement("UPDATE accounts SET balance = -1")) { _ in }
            }
        } throws: {
            ($0 as? DatabaseError)?.code == .checkViolation
        }
        #expect(try await balances(driver) == [100, 100])
        await driver.close()
    }

    @Test func aSavepointUndoesItsPart() async throws {
        let driver = try await open()
        try await driver.transaction(.write) { session in
            try await session.savepoint(.set, named: "first")
            _ = try await session.run(Statement("UPDATE accounts SET balance = 1 WHERE id = 1")) { _ in }
            await #expect(throws: DatabaseError.self) { _ = try await session.run(Statement("UPDATE accounts SET balance = -1")) { _ in } }
            try await session.savepoint(.rollBack, named: "first")
            _ = try await session.run(Statement("UPDATE accounts SET balance = 2 WHERE id = 2")) { _ in }
        }
        #expect(try await balances(driver) == [100, 2])
        await driver.close()
    }

    @Test(arguments: [
        ("INSERT INTO accounts VALUES (1, 1)", DatabaseError.Code.uniqueViolation), ("UPDATE accounts SET balance = -1", .checkViolation),
        ("INSERT INTO accounts VALUES (3, NULL)", .notNullViolation), ("INSERT INTO parts VALUES (9)", .foreignKeyViolation),
        ("DELETE FROM accounts", .foreignKeyViolation), ("SELEC", .engine), ("SELECT 1/0", .engine),
        ("SELECT 99999999999::int", .outOfRange),
    ])
    func aViolationHasItsCode(_ text: String, _ code: DatabaseError.Code) async throws {
        let driver = try await open()
        try await driver.transaction(.write) {
            try await $0.run(script: "CREATE TABLE parts (id int REFERENCES accounts); INSERT INTO parts VALUES (1)")
        }
        await #expect { _ = try await driver.run(Statement(text), for: .write) { _ in } } throws: { ($0 as? DatabaseError)?.code == code }
        await driver.close()
    }

    @Test func aReadCannotChangeAndSeesOneSnapshot() async throws {
        let driver = try await open()
        try await driver.transaction(.read) { session in
            let count = Statement("SELECT sum(balance) FROM accounts")
            #expect(try await session.run(count) { try $0.next(Int.self) }.rows == [200])
            _ = try await driver.run(Statement("UPDATE accounts SET balance = 0"), for: .write) { _ in }
            #expect(try await session.run(count) { try $0.next(Int.self) }.rows == [200])
        }
        await #expect(throws: DatabaseError.self) {
            try await driver.transaction(.read) { _ = try await $0.run(Statement("DELETE FROM accounts")) { _ in } }
        }
        await driver.close()
    }

    @Test func rowsCanBeReadInPortions() async throws {
        struct Enough: Error {}
        let driver = try await open()
        try await driver.transaction(.read) { session in
            let series = Statement("SELECT generate_series(1, $1)", [.integer(2500)])
            var sizes: [Int] = []
            try await session.stream(series, fetchSize: 1000) {
                try $0.next(Int.self)
            } _: {
                sizes.append($0.count)
            }
            #expect(sizes == [1000, 1000, 500])
            await #expect(throws: Enough.self) {
                try await session.stream(series, fetchSize: 10) {
                    try $0.next(Int.self)
                } _: { _ in
                    throw Enough()
                }
            }
            #expect(try await session.run(Statement("SELECT 1")) { try $0.next(Int.self) }.rows == [1])
        }
        await driver.close()
    }

    @Test func whatTheTransactionWaitsForIsStoppedWithItsTask() async throws {
        let driver = try await open()
        let database = try await driver.run(Statement("SELECT current_database()::text"), for: .read) { try $0.next(String.self) }.rows[0]
        let lock = try await AdvisoryLock.take(await PostgresServer.shared(), in: database)
        let work = Task {
            try await driver.transaction(.write) { session in
                _ = try await session.run(Statement("UPDATE accounts SET balance = 0")) { _ in }
                _ = try await session.run(Statement("SELECT FROM pg_advisory_xact_lock($1)", [.integer(lock.key)])) { _ in }
            }
        }
        try await lock.waitForWaiter()
        work.cancel()
        await #expect(throws: CancellationError.self) { try await work.value }
        #expect(try await balances(driver) == [100, 100])
        await lock.release()
        await driver.close()
    }

    /// Even if the server has not yet said what the statement looks like.
    @Test func whatATransactionDescribesIsStoppedWithItsTask() async throws {
        let driver = try await open(), server = try await PostgresServer.shared()
        let name = Statement("SELECT current_database()::text")
        let database = try await driver.run(name, for: .read) { try $0.next(String.self) }.rows[0]
        try await driver.transaction(.write) { session in
            try await session.run(script: "LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE")
            // With a number, there is a savepoint in front.
            for statement in [Statement("SELECT 1 FROM accounts"), Statement("SELECT $1 FROM accounts", [.integer(1)])] {
                let work = Task.detached {
                    try await driver.transaction(.write) { session in
                        try await session.run(script: "SET LOCAL lock_timeout = 0")
                        _ = try await session.run(statement) { _ in }
                    }
                }
                try await server.waitForWaiter(in: database)
                work.cancel()
                await #expect(throws: CancellationError.self) { try await work.value }
            }
        }
        #expect(try await balances(driver) == [100, 100])
        await driver.close()
    }

    @Test func aSessionEndsWithItsTransaction() async throws {
        let driver = try await open()
        let escaped = try await driver.transaction(.write) { $0 }
        await #expect { _ = try await escaped.run(Statement("SELECT 1")) { _ in } } throws: { ($0 as? DatabaseError)?.code == .closed }
        await driver.close()
    }

    @Test func aTransactionStaysOnItsThread() async throws {
        let driver = try await open()
        try await driver.transaction(.write) { session in
            let thread = pthread_self()
            for _ in 0..<3 {
                _ = try await session.run(Statement("SELECT 1")) { _ in #expect(pthread_equal(pthread_self(), thread) != 0) }
                #expect(pthread_equal(pthread_self(), thread) != 0)
            }
        }
        await driver.close()
    }
}
