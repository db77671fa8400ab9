import Foundation
import Roost
import RoostData
import Synchronization
import TestTools
import Testing

@testable import RoostPostgres

/// Which transactions are run again, and which are not.
@Suite(.timeLimit(.minutes(5))) struct RepetitionTests {
    private struct Refusal: Error {}

    /// What several tasks count and wait for.
    private final class Meeting: Sendable {
        private let number = Atomic(0)
        private let latch = Latch()

        var count: Int { number.load(ordering: .relaxed) }

        @discardableResult
        func add() -> Int { number.add(1, ordering: .relaxed).newValue }

        /// Returns when as many have come.
        func wait(for count: Int) async {
            if add() == count { latch.open() }
            _ = await latch.wait(by: nil)
        }
    }

    private func open(_ options: String = "connections=8") async throws -> PostgresDriver {
        let driver = try await PostgresDriver.open(try await PostgresServer.shared().url(options: options), key: "DATABASE_URL")
        try await driver.transaction(.write) {
            try await $0.run(
                script: """
                    CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL CHECK (balance >= 0));
                    INSERT INTO accounts VALUES (1, 100), (2, 100)
                    """)
        }
        return driver
    }

    private func balances(_ driver: PostgresDriver) async throws -> [Int] {
        try await driver.run(Statement("SELECT balance FROM accounts ORDER BY id"), for: .read) { try $0.next(Int.self) }.rows
    }

    private func add(_ amount: Int, to id: Int, in session: any DatabaseSession) async throws {
        let values: [SQLData] = [.integer(Int64(amount)), .integer(Int64(id))]
        _ = try await session.run(Statement("UPDATE accounts SET balance = balance + $1 WHERE id = $2", values)) { _ in }
    }

    /// Fails as a transaction that cannot be serialized.
    private func conflict(in session: any DatabaseSession) async throws {
        try await session.run(script: "DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = '40001'; END $$")
    }

    private func undoConflict(in session: any DatabaseSession) async throws {
        try await session.savepoint(.set, named: "part")
        await #expect(throws: Problem.self) { try await conflict(in: session) }
        try await session.savepoint(.rollBack, named: "part")
    }

    @Test func transactionsThatCannotBeSerializedAreRunAgain() async throws {
        let driver = try await open(), attempts = Meeting(), meeting = Meeting()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var options = TransactionOptions.serializable
                    options.attempts = 50
                    try await driver.transaction(options) { session in
                        let isEarly = attempts.add() <= 2
                        let read = Statement("SELECT balance FROM accounts WHERE id = 1")
                        let balance = try await session.run(read) { try $0.next(Int.self) }.rows[0]
                        if isEarly { await meeting.wait(for: 2) }
                        let write = Statement("UPDATE accounts SET balance = $1 WHERE id = 1", [.integer(Int64(balance + 1))])
                        _ = try await session.run(write) { _ in }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await balances(driver) == [108, 100])
        #expect(attempts.count > 8)
        await driver.close()
    }

    /// Each of two transactions holds what the other one waits for. The server ends one of them, which is run again.
    @Test func aTransactionThatADeadlockHasEndedIsRunAgain() async throws {
        let driver = try await open("connections=8&options=-c%20deadlock_timeout%3D20ms"), attempts = Meeting(), meeting = Meeting()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for ids in [(1, 2), (2, 1)] {
                group.addTask {
                    try await driver.transaction(.write) { session in
                        let attempt = attempts.add()
                        try await add(1, to: ids.0, in: session)
                        if attempt <= 2 { await meeting.wait(for: 2) }
                        try await add(1, to: ids.1, in: session)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await balances(driver) == [102, 102])
        #expect(attempts.count >= 3)
        await driver.close()
    }

    /// The transaction goes on after the deadlock, and is committed once.
    @Test func aDeadlockWithinASavepointEndsOnlyThat() async throws {
        let server = try await PostgresServer.shared(), driver = try await open(), attempts = Meeting(), meeting = Meeting()
        let name = Statement("SELECT current_database()::text")
        let database = try await driver.run(name, for: .read) { try $0.next(String.self) }.rows[0]
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await driver.transaction(.write) { session in
                    attempts.add()
                    // The server ends the one that looks for a deadlock first.
                    try await session.run(script: "SET LOCAL deadlock_timeout = '20ms'")
                    try await add(10, to: 1, in: session)
                    await meeting.wait(for: 2)
                    try await server.waitForWaiter(in: database)
                    try await session.savepoint(.set, named: "part")
                    await #expect {
                        try await add(10, to: 2, in: session)
                    } throws: {
                        $0.serverMessage?.code == "40P01"
                    }
                    try await session.savepoint(.rollBack, named: "part")
                }
            }
            group.addTask {
                try await driver.transaction(.write) { session in
                    attempts.add()
                    try await session.run(script: "SET LOCAL deadlock_timeout = '1h'")
                    try await add(1, to: 2, in: session)
                    await meeting.wait(for: 2)
                    try await add(1, to: 1, in: session)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await balances(driver) == [111, 101])
        #expect(attempts.count == 2)
        await driver.close()
    }

    @Test func aConflictWithinASavepointIsNoReasonToRunTheTransactionAgain() async throws {
        let driver = try await open(), attempts = Meeting()
        await #expect(throws: Refusal.self) {
            try await driver.transaction(.write) { session in
                attempts.add()
                try await undoConflict(in: session)
                throw Refusal()
            }
        }
        #expect(attempts.count == 1)
        await driver.close()
    }

    /// What the body does with the error, and what the server says of later statements, does not matter.
    @Test func aConflictThatTheBodyHasIgnoredIsRunAgain() async throws {
        let driver = try await open(), attempts = Meeting()
        try await driver.transaction(.write) { session in
            let attempt = attempts.add()
            try await add(1, to: 1, in: session)
            if attempt == 1 { try? await conflict(in: session) }
            try? await add(1, to: 2, in: session)
        }
        #expect(attempts.count == 2)
        #expect(try await balances(driver) == [101, 101])
        await driver.close()
    }

    /// Makes the first commit that changes an account run a statement. What a sequence has counted is not undone.
    private func atFirstCommit(_ statement: String, on driver: PostgresDriver) async throws {
        try await driver.transaction(.write) {
            try await $0.run(
                script: """
                    CREATE SEQUENCE commits;
                    CREATE FUNCTION interfere() RETURNS trigger LANGUAGE plpgsql AS
                      $$ BEGIN IF nextval('commits') = 1 THEN \(statement); END IF; RETURN NULL; END $$;
                    CREATE CONSTRAINT TRIGGER interference AFTER UPDATE ON accounts DEFERRABLE INITIALLY DEFERRED
                      FOR EACH ROW EXECUTE FUNCTION interfere()
                    """)
        }
    }

    @Test func aConflictAtTheCommitIsRunAgain() async throws {
        let driver = try await open(), attempts = Meeting()
        try await atFirstCommit("RAISE EXCEPTION 'conflict' USING ERRCODE = '40001'", on: driver)
        try await driver.transaction(.write) { session in
            attempts.add()
            try await add(1, to: 1, in: session)
        }
        #expect(attempts.count == 2)
        #expect(try await balances(driver) == [101, 100])
        await driver.close()
    }

    /// The connection is lost while the server commits. Nobody knows whether it did, whatever was refused before.
    @Test func aCommitWithoutAnAnswerIsNotRunAgain() async throws {
        let driver = try await open(), attempts = Meeting()
        try await atFirstCommit("PERFORM pg_terminate_backend(pg_backend_pid())", on: driver)
        await #expect {
            try await driver.transaction(.write) { session in
                attempts.add()
                try await undoConflict(in: session)
                try await add(1, to: 1, in: session)
            }
        } throws: {
            ($0 as? Problem)?.status == .unavailable
        }
        #expect(attempts.count == 1)
        await driver.close()
    }
}
