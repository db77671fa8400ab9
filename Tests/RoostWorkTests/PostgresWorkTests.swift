import Foundation
import Roost
import RoostData
import RoostPostgres
import TestTools
import Testing

@testable import RoostWork

/// What several transactions that write at a time make different.
@Suite(.timeLimit(.minutes(5))) struct PostgresWorkTests {
    private let server: PostgresServer
    private let name = "work_\(UUID().uuidString.prefix(13).lowercased())"
    private let database: Database
    private let queue: WorkQueue<Chore>

    /// The number of transactions of the database that wait for an advisory lock.
    private static let waiting = """
        SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """

    init() async throws {
        server = try await PostgresServer.shared()
        database = try await Database.open(postgres: server.url(name), migrations: WorkTables.migrations)
        queue = WorkQueue("chores", in: database)
    }

    /// The second one would otherwise be worked on before the first one is committed, and the first one beside it.
    @Test func aJobIsNotVisibleBeforeThoseThatPrecedeItInItsKey() async throws {
        let (server, name, database, queue) = (server, name, database, queue)
        let second = try await database.transaction { transaction in
            try await queue.add(Chore(name: "first"), id: "first", key: "key", in: transaction)
            let second = Task.detached {
                try await database.transaction { try await queue.add(Chore(name: "second"), id: "second", key: "key", in: $0) }
            }
            func count(_ sql: String) async throws -> Int { Int(try await server.psql(sql, database: name)) ?? 0 }
            while try await count(Self.waiting) == 0 {
                guard try await count("SELECT count(*) FROM roost_work") == 0 else { break }
                await Task.yield()
            }
            #expect(try await count("SELECT count(*) FROM roost_work") == 0)
            return second
        }
        #expect(try await second.value)
        let claimed = try await database.transaction { try await queue.store.claim(10, returning: 10, by: "worker", in: $0) }
        #expect(claimed.map(\.claim.id).sorted() == ["first"])
        await database.close()
    }

    @Test func aJobWithAKeyIsAddedOnce() async throws {
        let added = try await database.transaction { transaction in
            let first = try await queue.add(Chore(name: "a"), id: "a", key: "key", in: transaction)
            return [first, try await queue.add(Chore(name: "b"), id: "a", key: "key", in: transaction)]
        }
        #expect(added == [true, false])
        await database.close()
    }

    @Test func workersClaimDifferentBatchesAtATime() async throws {
        try await database.transaction { transaction in
            for number in 1...6 { try await queue.add(Chore(name: "\(number)"), id: "\(number)", in: transaction) }
        }
        let (database, store) = (database, queue.store)
        let batches = try await withThrowingTaskGroup(of: [String].self) { group in
            for worker in 1...3 {
                group.addTask {
                    try await database.transaction { try await store.claimBatch(2, by: "worker \(worker)", in: $0) }.map(\.claim.id)
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(batches.sorted() == ["1", "2", "3", "4", "5", "6"])
        await database.close()
    }
}
