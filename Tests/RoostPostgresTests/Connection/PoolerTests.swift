import Foundation
import Roost
import RoostData
import Synchronization
import TestTools
import Testing

@testable import RoostPostgres

/// A pooler that gives every transaction another server process.
@Suite(.timeLimit(.minutes(5))) struct PoolerTests {
    @Test func nothingOutlivesATransaction() async throws {
        let server = try await PostgresServer.shared(), bouncer = try await PgBouncer.start(for: server)
        let url = server.url("postgres", options: "pooler=transaction&connections=8", port: bouncer.port)
        let driver = try await PostgresDriver.open(url, key: "DATABASE_URL")
        #expect(driver.presence == nil)
        let table = "pooled_\(UUID().uuidString.prefix(8).lowercased())"
        _ = try await driver.run(Statement("CREATE TABLE \(table) (id int)"), for: .write) { _ in }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<16 {
                group.addTask {
                    for round in 0..<20 {
                        let sum = Statement("SELECT $1::int + $2::int", [.integer(Int64(task)), .integer(Int64(round))])
                        #expect(try await driver.run(sum, for: .read) { try $0.next(Int.self) }.rows == [task + round])
                    }
                    try await driver.transaction(.write) { session in
                        let insertion = Statement("INSERT INTO \(table) VALUES ($1)", [.integer(Int64(task))])
                        _ = try await session.run(insertion) { _ in }
                        #expect(try await session.run([insertion, insertion]) { _ in }.map(\.changes) == [1, 1])
                    }
                }
            }
            try await group.waitForAll()
        }
        let count = Statement("SELECT count(*) FROM \(table)")
        #expect(try await driver.run(count, for: .read) { try $0.next(Int.self) }.rows == [48])
        try await driver.transaction(.read) { session in
            try await session.stream(Statement("SELECT id FROM \(table)"), fetchSize: 10) {
                try $0.next(Int.self)
            } _: {
                #expect($0.count <= 10)
            }
        }
        var signals = driver.signals("orders").makeAsyncIterator()
        try await driver.transaction(.write) { try await $0.signal("orders") }
        await signals.next()
        _ = try await driver.run(Statement("DROP TABLE \(table)"), for: .write) { _ in }
        await driver.close()
    }
}

extension PoolerTests {
    private func open(_ server: PostgresServer, _ bouncer: PgBouncer) async throws -> PostgresDriver {
        let url = server.url("postgres", options: "pooler=transaction&connections=2", port: bouncer.port)
        return try await PostgresDriver.open(url) { _ in }
    }

    /// The request to cancel reaches the server process that runs the statement.
    @Test func aStatementThatTakesTooLongIsStopped() async throws {
        let server = try await PostgresServer.shared(), bouncer = try await PgBouncer.start(for: server)
        let driver = try await open(server, bouncer), lock = try await AdvisoryLock.take(server)
        let wait = Statement("SELECT FROM pg_advisory_xact_lock($1)", [.integer(lock.key)])
        // The connection is open.
        _ = try await driver.run(Statement("SELECT 1"), for: .read) { _ in }
        var context = RequestContext()
        context.deadline = .now + .milliseconds(300)
        let late: (any Error)? = await context.run {
            do {
                _ = try await driver.run(wait, for: .read) { _ in }
                return nil
            } catch {
                return error
            }
        }
        #expect((late as? Problem)?.status == .gatewayTimeout)
        let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = \(lock.key) AND NOT granted"
        while try await server.psql(waiting) != "0" { await Task.yield() }
        #expect(try await driver.run(Statement("SELECT 3"), for: .read) { try $0.next(Int.self) }.rows == [3])
        await lock.release()
        await driver.close()
    }

    @Test func aTransactionThatConflictsIsRunAgain() async throws {
        let server = try await PostgresServer.shared(), bouncer = try await PgBouncer.start(for: server)
        let driver = try await open(server, bouncer), attempts = Mutex(0)
        let number = try await driver.transaction(.write) { session in
            let attempt = attempts.withLock {
                $0 += 1
                return $0
            }
            if attempt == 1 { try await session.run(script: "DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = '40001'; END $$") }
            return try await session.run(Statement("SELECT $1::int", [.integer(7)])) { try $0.next(Int.self) }.rows
        }
        #expect(number == [7])
        #expect(attempts.withLock { $0 } == 2)
        await driver.close()
    }

    /// A connection to the pooler outlives the server's. What was lost with those is an error, and the next statement succeeds.
    @Test func theServersBehindThePoolerMayGo() async throws {
        let server = try await PostgresServer.shared(), bouncer = try await PgBouncer.start(for: server)
        let driver = try await open(server, bouncer)
        let process = Statement("SELECT pg_backend_pid()")
        await #expect {
            try await driver.transaction(.write) { session in
                let own = try await session.run(process) { try $0.next(Int.self) }.rows[0]
                _ = try await server.psql("SELECT pg_terminate_backend(\(own), 5000)")
                _ = try await session.run(process) { try $0.next(Int.self) }
            }
        } throws: {
            ($0 as? Problem)?.status == .unavailable
        }
        #expect(try await driver.run(Statement("SELECT 3"), for: .read) { try $0.next(Int.self) }.rows == [3])
        await driver.close()
    }
}

/// Several servers in one URL.
@Suite(.timeLimit(.minutes(5))) struct HostsTests {
    private func url(_ hosts: [Int], _ options: String) -> String {
        "postgres://postgres@\(hosts.map { "127.0.0.1:\($0)" }.joined(separator: ","))/postgres?\(options)"
    }

    private func port(_ url: String) async throws -> Int? {
        let driver = try await PostgresDriver.open(url, key: "DATABASE_URL")
        let rows = try await driver.run(Statement("SELECT inet_server_port()"), for: .read) { try $0.next(Int.self) }.rows
        await driver.close()
        return rows.first
    }

    @Test func theFirstServerThatAnswersIsUsed() async throws {
        let server = try await PostgresServer.shared(), closed = try freePort()
        #expect(try await port(url([closed, server.port], "sslmode=disable")) == server.port)
    }

    @Test func theServerWithTheRoleIsUsed() async throws {
        let server = try await PostgresServer.shared()
        let readOnly = try await PostgresServer.start(settings: ["default_transaction_read_only = on"])
        let both = [readOnly.port, server.port]
        #expect(try await port(url(both, "target_session_attrs=read-write")) == server.port)
        #expect(try await port(url(both, "target_session_attrs=read-only")) == readOnly.port)
        #expect(try await port(url(both, "target_session_attrs=any")) == readOnly.port)
        #expect(try await port(url(both, "target_session_attrs=primary")) == readOnly.port)
        // None is a standby.
        #expect(try await port(url(both, "target_session_attrs=prefer-standby")) == readOnly.port)
        await #expect {
            _ = try await port(url(both, "target_session_attrs=standby"))
        } throws: {
            ($0 as? Problem)?.status == .unavailable
        }
    }
}
