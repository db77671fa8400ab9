import Foundation
import Roost
import RoostData
import Synchronization
import TestTools
import Testing

@testable import RoostPostgres

@Suite(.timeLimit(.minutes(5))) struct CopyTests {
    private func open() async throws -> Database {
        let database = try await Database.open(postgres: try await PostgresServer.shared().url())
        try await database.execute("CREATE TABLE points (id bigint PRIMARY KEY, name text)")
        return database
    }

    private func lines(_ range: ClosedRange<Int>) -> AsyncStream<[UInt8]> {
        AsyncStream { stream in
            for id in range { stream.yield(Array("\(id)\tpoint \(id)\n".utf8)) }
            stream.finish()
        }
    }

    @Test func rowsAreCopiedInAndOut() async throws {
        let database = try await open(), lines = lines(1...50_000)
        let count = try await database.transaction { try await $0.copy(from: lines, "COPY points FROM STDIN") }
        #expect(count == 50_000)
        let (size, last) = try await database.read { snapshot in
            try await snapshot.copy("COPY (SELECT * FROM points ORDER BY id) TO STDOUT") { data in
                var size = 0, last: UInt8?
                for try await piece in data {
                    size += piece.count
                    last = piece.last
                }
                return (size, last)
            }
        }
        #expect(size == (1...50_000).reduce(0) { $0 + "\($1)\tpoint \($1)\n".utf8.count })
        #expect(last == 10)
        await database.close()
    }

    @Test func aWrongRowUndoesTheCopy() async throws {
        let database = try await open(), lines = lines(1...10_000)
        await #expect {
            try await database.transaction { transaction in
                try await transaction.execute("INSERT INTO points VALUES (9999, 'taken')")
                try await transaction.copy(from: lines, "COPY points FROM STDIN")
            }
        } throws: {
            ($0 as? DatabaseError)?.code == .uniqueViolation
        }
        #expect(try await database.first("SELECT count(*) AS n FROM points")?.get("n", as: Int.self) == 0)
        await database.close()
    }

    @Test func aSourceThatFailsUndoesTheCopy() async throws {
        struct Broken: Error {}
        let database = try await open()
        let source = AsyncThrowingStream<[UInt8], any Error> { stream in
            stream.yield(Array("1\tone\n".utf8))
            stream.finish(throwing: Broken())
        }
        await #expect(throws: Broken.self) {
            try await database.transaction { try await $0.copy(from: source, "COPY points FROM STDIN") }
        }
        #expect(try await database.first("SELECT count(*) AS n FROM points")?.get("n", as: Int.self) == 0)
        await database.close()
    }

    /// The server waits for a reader that does not read, so the memory is bounded.
    @Test func aSlowReaderSlowsTheServerDown() async throws {
        let database = try await open()
        try await database.read { snapshot in
            try await snapshot.copy("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 50000)) TO STDOUT") { data in
                let iterator = data.makeAsyncIterator()
                var size = try await iterator.next()?.count ?? 0
                for _ in 0..<100 { await Task.yield() }
                // What has arrived is a small part of the 50 MB.
                #expect(data.waiting < 4 << 20)
                while let piece = try await iterator.next() { size += piece.count }
                #expect(size == 50_000 * 1001)
            }
            #expect(try await snapshot.first("SELECT 1 AS n")?.get("n", as: Int.self) == 1)
        }
        await database.close()
    }

    @Test func aReaderMayStopEarly() async throws {
        struct Enough: Error {}
        let database = try await open()
        let copy = "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 20000)) TO STDOUT"
        try await database.read { snapshot in
            let first = try await snapshot.copy(copy) { data in
                for try await piece in data { return piece.count }
                return 0
            }
            #expect(first > 0)
            #expect(try await snapshot.first("SELECT 1 AS n")?.get("n", as: Int.self) == 1)
        }
        await #expect(throws: Enough.self) {
            try await database.read { snapshot in try await snapshot.copy(copy) { _ in throw Enough() } }
        }
        #expect(try await database.first("SELECT 2 AS n")?.get("n", as: Int.self) == 2)
        await database.close()
    }

    @Test(arguments: ["SELECT 1", "COPY points TO STDOUT", "COPY missing FROM STDIN", "COPY"]) func aStatementThatIsNoCopyIsRefused(
        _ text: String
    ) async throws {
        let database = try await open(), lines = lines(1...3)
        await #expect(throws: (any Error).self) { try await database.transaction { try await $0.copy(from: lines, text) } }
        #expect(try await database.first("SELECT 2 AS n")?.get("n", as: Int.self) == 2)
        await database.close()
    }
}
