import Foundation
import Roost
import RoostData
import TestTools
import Testing

@testable import RoostPostgres

/// A pooler that gives every transaction another server process.
@Suite struct PoolerTests {
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
            try await session.stream(Statement("SELECT id FROM \(table)"), portionsOf: 10) {
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

/// Several servers in one URL.
@Suite struct HostsTests {
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
        let server = try await PostgresServer.shared(), closed = try PostgresServer.freePort()
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
