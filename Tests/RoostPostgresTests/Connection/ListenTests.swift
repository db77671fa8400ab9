import Foundation
import Roost
import RoostData
import TestTools
import Testing

@testable import RoostPostgres

@Suite(.timeLimit(.minutes(5))) struct ListenTests {
    @Test func aSignalReachesOtherProcesses() async throws {
        let url = try await PostgresServer.shared().url()
        let sender = try await PostgresDriver.open(url, key: "DATABASE_URL"),
            receiver = try await PostgresDriver.open(url, key: "DATABASE_URL")
        var signals = receiver.signals("orders").makeAsyncIterator()
        // The first one says that listening has begun.
        await signals.next()
        try await sender.transaction(.write) { try await $0.signal("orders") }
        await signals.next()
        await sender.close()
        await receiver.close()
    }

    @Test func aTransactionThatIsUndoneSignalsNothing() async throws {
        struct Refusal: Error {}
        let driver = try await PostgresDriver.open(try await PostgresServer.shared().url(), key: "DATABASE_URL")
        _ = try await driver.run(Statement("CREATE TABLE things (id int)"), for: .write) { _ in }
        var signals = driver.signals("orders").makeAsyncIterator()
        await signals.next()
        await #expect(throws: Refusal.self) {
            try await driver.transaction(.write) { session in
                try await session.signal("orders")
                throw Refusal()
            }
        }
        try await driver.transaction(.write) { session in
            _ = try await session.run(Statement("INSERT INTO things VALUES (1)")) { _ in }
            try await session.signal("orders")
        }
        await signals.next()
        // The signal is that of the second transaction, whose row is there.
        #expect(try await driver.run(Statement("SELECT id FROM things"), for: .read) { try $0.next(Int.self) }.rows == [1])
        await driver.close()
    }

    /// Signals may have been missed while the connection was lost, so there is one afterwards.
    @Test func aLostConnectionCountsAsASignal() async throws {
        let server = try await PostgresServer.shared(), url = server.url(options: "application_name=listener")
        let driver = try await PostgresDriver.open(url, key: "DATABASE_URL")
        var signals = driver.signals("orders").makeAsyncIterator()
        await signals.next()
        _ = try await server.psql(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = 'listener'")
        await signals.next()
        try await driver.transaction(.write) { try await $0.signal("orders") }
        await signals.next()
        await driver.close()
    }

    @Test(arguments: ["", "Orders", "a b", "a\"b", String(repeating: "x", count: 64), "ü"]) func aChannelHasASimpleName(_ name: String)
        async throws
    {
        #expect(!Listener.isValid(name))
        let driver = try await PostgresDriver.open(try await PostgresServer.shared().url("postgres"), key: "DATABASE_URL")
        await #expect(throws: DatabaseError.self) { try await driver.transaction(.write) { try await $0.signal(name) } }
        await driver.close()
    }
}

@Suite(.timeLimit(.minutes(5))) struct PresenceTests {
    @Test func aNumberIsHeldUntilItIsReleased() async throws {
        let url = try await PostgresServer.shared().url()
        let first = try await PostgresDriver.open(url, key: "DATABASE_URL"),
            second = try await PostgresDriver.open(url, key: "DATABASE_URL")
        let mine = try #require(first.presence), theirs = try #require(second.presence)
        let number = Int64.random(in: 0..<1 << 62)
        #expect(try await theirs.isHeld(number) == false)
        let hold = try await mine.hold(number)
        #expect(try await theirs.isHeld(number))
        #expect(try await mine.isHeld(number))
        await #expect(throws: DatabaseError.self) { _ = try await theirs.hold(number) }
        hold.release()
        while try await theirs.isHeld(number) { await Task.yield() }
        await first.close()
        await second.close()
    }

    @Test func aNumberIsFreeWhenItsProcessIsGone() async throws {
        let url = try await PostgresServer.shared().url()
        let first = try await PostgresDriver.open(url, key: "DATABASE_URL"),
            second = try await PostgresDriver.open(url, key: "DATABASE_URL")
        let hold = try await #require(first.presence).hold(7)
        #expect(try await #require(second.presence).isHeld(7))
        await first.close()
        while try await #require(second.presence).isHeld(7) { await Task.yield() }
        hold.release()
        await second.close()
    }

    /// The session is another one then, with the same locks.
    @Test func aNumberIsHeldAgainAfterTheConnectionWasLost() async throws {
        let server = try await PostgresServer.shared(), url = server.url(options: "application_name=holder")
        let first = try await PostgresDriver.open(url, key: "DATABASE_URL")
        let second = try await PostgresDriver.open(
            server.url(String(url.split(separator: "/").last?.prefix { $0 != "?" } ?? "")), key: "DATABASE_URL")
        let hold = try await #require(first.presence).hold(8)
        _ = try await server.psql("SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = 'holder'")
        while try await !(#require(second.presence).isHeld(8)) { await Task.yield() }
        hold.release()
        await first.close()
        await second.close()
    }

    /// If somebody else got hold of it meanwhile, it is taken back when it is free again.
    @Test func aNumberIsTakenBackFromWhoeverHeldItMeanwhile() async throws {
        let server = try await PostgresServer.shared(), url = server.url(options: "application_name=former")
        let name = String(url.split(separator: "/").last?.prefix { $0 != "?" } ?? "")
        let driver = try await PostgresDriver.open(url, key: "DATABASE_URL")
        let hold = try await #require(driver.presence).hold(9), key = AdvisoryKey(9).value
        let holders = "FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND datname = '\(name)'"
        let other = try await server.sessionHolding(lock: key, database: name)
        try await server.waitForWaiter(in: name)
        // It gets the lock of the session that ends.
        _ = try await server.psql("SELECT count(pg_terminate_backend(pid, 5000)) \(holders) AND granted")
        #expect(await other.line() == "held")
        // The next session is there, and could not take it.
        while try await server.psql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'former' AND state = 'idle'") == "0" {
            await Task.yield()
        }
        _ = try await server.psql("SELECT count(pg_terminate_backend(pid, 5000)) \(holders) AND granted")
        let query = "SELECT count(*) \(holders) AND granted AND application_name = 'former'"
        while try await server.psql(query) == "0" { await Task.yield() }
        hold.release()
        while try await server.psql(query) != "0" { await Task.yield() }
        await driver.close()
        _ = await other.end()
    }
}
