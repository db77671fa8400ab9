import Foundation
import Roost
import RoostData
import TestTools
import Testing

@testable import RoostPostgres

@Model("tickets")
private struct Ticket {
    @Key var id: Int
    var owner: String?
}

/// Changes with a limit, which several transactions make at once.
@Suite(.timeLimit(.minutes(5))) struct LimitedChangeTests {
    private func open() async throws -> Database {
        let database = try await Database.open(postgres: try await PostgresServer.shared().url())
        try await database.execute("CREATE TABLE tickets (id BIGINT PRIMARY KEY, owner TEXT)")
        try await database.execute("INSERT INTO tickets SELECT generate_series(1, 10)")
        return database
    }

    private func take(_ owner: String, _ query: Query<Ticket>, in transaction: Transaction) async throws -> Int {
        try await transaction.run(query.where { $0.owner == nil }.limit(5).update { $0.owner.set(owner) })
    }

    private func owned(_ database: Database) async throws -> [String: Int] {
        try await database.fetch(Ticket.all).reduce(into: [:]) { $0[$1.owner ?? "", default: 0] += 1 }
    }

    /// The second one waits for the rows that the first one has changed, and then leaves them to it.
    @Test func noRowIsTakenTwice() async throws {
        let database = try await open(), server = try await PostgresServer.shared(), first = Latch()
        let name = try #require(try await database.first("SELECT current_database()::text AS name")).get("name", as: String.self)
        let second = Task.detached {
            _ = await first.wait(by: nil)
            return try await database.transaction { try await take("second", Ticket.all, in: $0) }
        }
        let count = try await database.transaction { transaction in
            let count = try await take("first", Ticket.all, in: transaction)
            first.open()
            try await server.waitForWaiter(in: name)
            return count
        }
        #expect(count == 5)
        let others = try await second.value
        #expect(others <= 5)
        let owned = try await owned(database)
        #expect(owned["first"] == 5)
        #expect(owned["second", default: 0] == others)
        await database.close()
    }

    /// With `skipLocked`, nobody waits and everybody gets as many rows as are left.
    @Test func lockedRowsAreSkipped() async throws {
        let database = try await open()
        try await database.transaction { first in
            let count = try await take("first", Ticket.all.locked(.skipLocked), in: first)
            #expect(count == 5)
            let second = Task.detached {
                try await database.transaction { try await take("second", Ticket.all.locked(.skipLocked), in: $0) }
            }
            let others = try await second.value
            #expect(others == 5)
        }
        #expect(try await owned(database) == ["first": 5, "second": 5])
        await database.close()
    }
}
