import Foundation
import Roost
import RoostData
import RoostSQLite
import RoostTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) final class RowStreamTests {
    private let directory: TemporaryFolder

    init() throws { directory = try TemporaryFolder() }

    private func open(_ count: Int) async throws -> Database {
        let tables = Migration("0001_groups", "CREATE TABLE \"group\" (\"user\" TEXT PRIMARY KEY, \"order\" INTEGER NOT NULL);")
        let database = try await Database.open(directory.databaseURL(), migrations: [tables])
        try await database.insert((0..<count).map { GroupRow(user: "\($0)", order: $0) })
        return database
    }

    @Test(arguments: [0, 1, 2, 3, 6, 7])
    func allRowsComeInOrder(_ count: Int) async throws {
        let database = try await open(count)
        var orders: [Int] = []
        let stream = database.stream(GroupRow.all.order { $0.order }, fetchSize: 3)
        for try await row in stream { orders.append(row.order) }
        // A stream can be read again.
        for try await row in stream { orders.append(row.order) }
        #expect(orders == Array(0..<count) + Array(0..<count))
        var users: [String] = []
        for try await user in database.stream(GroupRow.all.order { $0.order }.select { $0.user }) { users.append(user) }
        #expect(users == (0..<count).map { "\($0)" })
        for try await (one, other) in database.stream(GroupRow.all.join(GroupRow.self) { $0.user == $1.user }) {
            #expect(one.user == other.user)
        }
    }

    @Test func aStreamThatIsLeftReleasesItsConnection() async throws {
        let database = try await open(10)
        for _ in 0..<20 {
            for try await row in database.stream(GroupRow.all, fetchSize: 1) where row.order >= 0 { break }
        }
        for _ in 0..<20 {
            // The first row may be all that a task ever reads.
            var iterator = database.stream(GroupRow.all, fetchSize: 1).makeAsyncIterator()
            #expect(try await iterator.next() != nil)
        }
        #expect(try await database.count(GroupRow.all) == 10)
    }

    @Test func theErrorOfAStatementComesThroughAndSoDoesThatOfARow() async throws {
        let database = try await open(2)
        try await database.execute("UPDATE \"group\" SET \"order\" = 'x' WHERE \"order\" = 1")
        await #expect { for try await _ in database.stream(GroupRow.all) {} } throws: { ($0 as? DatabaseError)?.code == .column }
        try await database.execute("DROP TABLE \"group\"")
        await #expect { for try await _ in database.stream(GroupRow.all) {} } throws: { $0 is DatabaseError }
    }

    @Test func aStreamInATransactionIsRefused() async throws {
        let database = try await open(2)
        try await database.transaction { _ in
            _ = await #expect { for try await _ in database.stream(GroupRow.all) {} } throws: {
                ($0 as? DatabaseError)?.code == .nestedTransaction
            }
        }
    }

    @Test func onlyWhatIsReadIsAskedFor() async throws {
        let portions = EndlessPortions()
        let database = try await Database(driver: portions)
        var iterator = database.stream(GroupRow.all, fetchSize: 2).makeAsyncIterator()
        #expect(portions.asked.read { $0 } == 0)
        for _ in 0..<2 { #expect(try await iterator.next() != nil) }
        try await portions.asked.wait(for: "the next portion is there") { $0 >= 2 ? () : nil }
        // The third one is not asked for before the second one has been taken.
        for _ in 0..<100 { await Task.yield() }
        #expect(portions.asked.read { $0 } == 2)
        #expect(try await iterator.next() != nil)
        try await portions.asked.wait(for: "a portion was taken") { $0 == 3 ? () : nil }
        iterator = database.stream(GroupRow.all).makeAsyncIterator()
        try await portions.ended.wait(for: "the stream that nobody reads has ended") { $0 == 1 ? () : nil }
    }

    @Test func whoIsCancelledStopsTheStream() async throws {
        let portions = EndlessPortions()
        let database = try await Database(driver: portions)
        let task = Task {
            for try await _ in database.stream(GroupRow.all) {}
        }
        try await portions.asked.wait(for: "it reads") { $0 > 3 ? () : nil }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await portions.ended.wait(for: "the transaction has ended") { $0 == 1 ? () : nil }
    }
}

/// A driver whose streams never end.
private final class EndlessPortions: DatabaseDriver {
    let asked = Observed(0)
    let ended = Observed(0)
    var dialect: Dialect { .sqlite }

    func transaction<Result: Sendable>(
        _ options: TransactionOptions, _ body: @Sendable (any DatabaseSession) async throws -> Result
    ) async throws -> Result {
        defer { ended.change { $0 += 1 } }
        return try await body(Session(driver: self))
    }

    func run<Row: Sendable>(
        _ statement: Statement, for access: DatabaseAccess, _ decode: @escaping RowDecoder<Row>
    ) async throws -> StatementResult<Row> { StatementResult() }

    func signals(_ channel: String) -> AsyncStream<Void> { AsyncStream { $0.finish() } }
    func close() async {}

    private struct Session: DatabaseSession {
        let driver: EndlessPortions

        func run<Row: Sendable>(_ statement: Statement, _ decode: @escaping RowDecoder<Row>) async throws -> StatementResult<Row> {
            StatementResult()
        }
        func run<Row: Sendable>(_ statements: [Statement], _ decode: @escaping RowDecoder<Row>) async throws -> [StatementResult<Row>] {
            []
        }
        func run(script: String) async throws {}
        func savepoint(_ action: SavepointAction, named name: String) async throws {}
        func signal(_ channel: String) async throws {}

        func stream<Row: Sendable>(
            _ statement: Statement, fetchSize count: Int, _ decode: @escaping RowDecoder<Row>, _ body: ([Row]) async throws -> Void
        ) async throws {
            while true {
                driver.asked.change { $0 += 1 }
                var rows: [Row] = []
                for _ in 0..<count {
                    var reader = RowReader(Cells())
                    rows.append(try decode(&reader))
                }
                try await body(rows)
            }
        }
    }

    private final class Cells: RowSource {
        let names = ["user", "order"]
        private var position = 0

        func next() throws(DatabaseError) -> SQLCell {
            position += 1
            return position == 1 ? .text(UnsafeRawBufferPointer(start: nil, count: 0)) : .integer(1)
        }
    }
}
