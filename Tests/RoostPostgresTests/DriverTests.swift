import Foundation
import Roost
import RoostData
import TestTools
import Testing

@testable import RoostPostgres

@Suite(.timeLimit(.minutes(5))) struct DriverTests {
    @Test func aDatabaseIsCreatedAndUsed() async throws {
        let server = try await PostgresServer.shared()
        let database = try await Database.open(postgres: server.url())
        try await database.execute("CREATE TABLE products (id BIGINT PRIMARY KEY, name TEXT NOT NULL, stock INTEGER NOT NULL)")
        for id in 1...3 {
            let changes = try await database.execute("INSERT INTO products VALUES (\(id), \("product \(id)"), \(id * 10))")
            #expect(changes == 1)
        }
        let rows = try await database.query("SELECT name, stock FROM products WHERE id >= \(2) ORDER BY id")
        #expect(try rows.map { try $0.get("name", as: String.self) } == ["product 2", "product 3"])
        #expect(try rows.map { try $0.get("stock", as: Int.self) } == [20, 30])
        await database.close()
    }

    /// The server says that a database is missing, and closes the connection before the client knows that it is open.
    @Test func manyDatabasesThatAreMissingAreCreated() async throws {
        let server = try await PostgresServer.shared()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<24 {
                group.addTask {
                    let database = try await Database.open(postgres: server.url())
                    #expect(try await database.query("SELECT 1").count == 1)
                    await database.close()
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func aTransactionIsCommittedOrUndone() async throws {
        let server = try await PostgresServer.shared()
        let database = try await Database.open(postgres: server.url())
        try await database.execute("CREATE TABLE notes (id BIGINT PRIMARY KEY, text TEXT)")
        try await database.transaction { transaction in
            try await transaction.execute("INSERT INTO notes VALUES (1, \("one"))")
            var batch = Batch()
            batch.execute("INSERT INTO notes VALUES (2, \("two"))")
            batch.execute("UPDATE notes SET text = \("both")")
            #expect(try await transaction.run(batch) == [1, 2])
        }
        await #expect(throws: Problem.self) {
            try await database.transaction { transaction in
                try await transaction.execute("DELETE FROM notes")
                throw Problem(.conflict)
            }
        }
        let texts = try await database.read { try await $0.query("SELECT text FROM notes") }
        #expect(try texts.map { try $0.get("text", as: String.self) } == ["both", "both"])
        await database.close()
    }

    @Test(arguments: ["scram", "secured"])
    func aPasswordIsProved(_ user: String) async throws {
        let server = try await PostgresServer.shared()
        let url = server.url("postgres", user: user, password: PostgresServer.password)
        let database = try await Database.open(postgres: url)
        let row = try #require(try await database.first("SELECT current_user AS name"))
        #expect(try row.get("name", as: String.self) == user)
        await database.close()
    }

    @Test func manyTasksShareConnections() async throws {
        let server = try await PostgresServer.shared()
        let database = try await Database.open(postgres: server.url(options: "connections=2"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<32 {
                group.addTask {
                    for round in 0..<50 {
                        let number = task * 1000 + round
                        let row = try #require(try await database.first("SELECT \(number) + 1 AS next"))
                        #expect(try row.get("next", as: Int.self) == number + 1)
                    }
                }
            }
            try await group.waitForAll()
        }
        await database.close()
    }
}
