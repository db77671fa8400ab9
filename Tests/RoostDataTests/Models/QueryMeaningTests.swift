import Foundation
import Roost
import RoostData
import RoostSQLite
import RoostTesting
import Synchronization
import Testing

private enum Colour: String, SQLValue, CaseIterable { case red, blue }

@Model("marbles")
private struct MarbleRow: Hashable {
    @Key var name: String
    var colour: Colour?
    var size = 1
    var weight: Int?
}

/// Parts of a query that are combined keep what each of them says.
@Suite(.timeLimit(.minutes(5))) final class QueryMeaningTests {
    private let directory: TemporaryFolder

    init() throws { directory = try TemporaryFolder() }

    private func open(_ marbles: MarbleRow...) async throws -> Database {
        let table = Migration(
            "0001_marbles", "CREATE TABLE marbles (name TEXT PRIMARY KEY, colour TEXT, size INTEGER NOT NULL, weight INTEGER);")
        let database = try await Database.open(directory.databaseURL(), migrations: [table])
        try await database.insert(marbles)
        return database
    }

    private func names(_ database: Database, _ condition: (MarbleRow.Columns) -> Condition) async throws -> [String] {
        try await database.fetch(MarbleRow.where(condition).order { $0.name }).map(\.name)
    }

    @Test func anOptionalValueOfANewerVersionIsNamedOrLeftOut() async throws {
        let database = try await open(MarbleRow(name: "a", colour: .red), MarbleRow(name: "b"), MarbleRow(name: "c", colour: .blue))
        try await database.execute("UPDATE marbles SET colour = 'octarine' WHERE name = 'c'")
        await #expect { try await database.fetch(MarbleRow.all) } throws: { ($0 as? DatabaseError)?.code == .unknownValue }
        let known = try await database.fetch(MarbleRow.all.order { $0.name }.skippingUnknown())
        #expect(known.map(\.name) == ["a", "b"] && known[1].colour == nil)
    }

    @Test func arithmeticIsCalculatedAsItIsWritten() async throws {
        let database = try await open(MarbleRow(name: "a", size: 7))
        let results = try await database.fetch(
            MarbleRow.all.select { ($0.size * ($0.size / 2), $0.size * $0.size / 2, $0.size / ($0.size / 3), $0.size - ($0.size - 3)) })
        #expect(try #require(results.first) == (21, 24, 3, 3))
    }

    @Test func aListWithoutAValueHasTheOthersToo() async throws {
        let database = try await open(MarbleRow(name: "a", weight: 1), MarbleRow(name: "b", weight: 2), MarbleRow(name: "c"))
        #expect(try await names(database) { $0.weight.isIn([1, nil]) } == ["a", "c"])
        #expect(try await names(database) { $0.weight.isIn([nil]) } == ["c"])
        #expect(try await names(database) { $0.weight.isNotIn([1]) } == ["b", "c"])
        #expect(try await names(database) { $0.weight.isNotIn([1, nil]) } == ["b"])
        #expect(try await names(database) { $0.weight.isNotIn([]) } == ["a", "b", "c"])
    }

    @Test(arguments: [31_744, 31_745, 32_766, 40_000])
    func aListMayBeLongerThanTheEnginesLimit(_ count: Int) async throws {
        let database = try await open(MarbleRow(name: "a", size: count - 1), MarbleRow(name: "b", size: count))
        #expect(try await names(database) { $0.size.isIn(Array(0..<count)) } == ["a"])
        #expect(try await names(database) { $0.size.isNotIn(Array(0..<count)) } == ["b"])
    }

    @Test func aLimitedChangeKeepsItsConditionAndOrder() async throws {
        let database = try await open(
            MarbleRow(name: "a", size: 1), MarbleRow(name: "b", size: 2), MarbleRow(name: "c", size: 3), MarbleRow(name: "d", size: 9))
        let two = MarbleRow.where { $0.size > 1 }.order { $0.size }.limit(2)
        #expect(try await database.run(two.update { $0.size += 100 }) == 2)
        #expect(try await names(database) { $0.size > 100 } == ["b", "c"])
        #expect(try await database.run(MarbleRow.all.order { $0.size.descending }.limit(1).delete().returning { $0.name }) == ["c"])
        #expect(try await database.count(MarbleRow.all) == 3)
    }

    @Test func aPageOfALimitedListIsRefused() async throws {
        let database = try await open()
        await #expect(throws: DatabaseError.self) { try await database.fetch(MarbleRow.all.limit(3).page()) }
        await #expect(throws: DatabaseError.self) { try await database.fetch(MarbleRow.all.offset(3).page()) }
    }

    @Test func queriesWithinAConflictRuleAndWithinResultsReferToTheirOwnTables() async throws {
        let database = try await open(MarbleRow(name: "a", size: 5), MarbleRow(name: "b", size: 8))
        try await database.insert(
            MarbleRow(name: "a", size: 2),
            onConflict: .update { $0.size += $1.size }.where { old, new in
                .exists(MarbleRow.where { $0.size > old.size && $0.name != new.name })
            })
        #expect(try await database.find(MarbleRow.self, "a")?.size == 7)
        let larger: [Int?] = try await database.run(
            MarbleRow.with("b").update { $0.size -= 7 }.returning { changed in
                Expr(first: MarbleRow.where { $0.size > changed.size && $0.name != changed.name }) { $0.size }
            })
        #expect(larger == [7])
    }

    @Test func aChangeWithinATransactionIsUndoneAsAWhole() async throws {
        let database = try await open(MarbleRow(name: "a"))
        let told = Mutex(0)
        try await database.transaction { transaction in
            await #expect(throws: Problem.self) {
                try await transaction.inTransaction { inner in
                    inner.onCommit { told.withLock { $0 += 1 } }
                    try await inner.insert(MarbleRow(name: "b"))
                    throw Problem(.conflict)
                }
            }
            try await transaction.insert(MarbleRow(name: "c"))
        }
        #expect(try await names(database) { $0.name != "" } == ["a", "c"])
        #expect(told.withLock { $0 } == 0)
    }
}
