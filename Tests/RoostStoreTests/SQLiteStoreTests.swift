import Foundation
import Roost
import RoostData
import RoostStore
import RoostSystemTesting
import Testing

@testable import RoostSQLite

@Suite struct SQLiteStoreTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test(arguments: StoreConformance.cases)
    func conforms(_ conformance: ConformanceCase<any KeyValueStore>) async throws {
        let store = try await SQLiteStore.open(directory.url())
        try await conformance.check(store)
        await store.close()
    }

    @Test func entriesOutliveTheStoreAndAreShared() async throws {
        let first = try await SQLiteStore.open(directory.url())
        let second = try await SQLiteStore.open(directory.url())
        try await first.set("key", "value")
        #expect(try await second.get("key", as: String.self) == "value")
        await first.close()
        await second.close()
        let again = try await SQLiteStore.open(directory.url())
        #expect(try await again.get("key", as: String.self) == "value")
    }

    @Test func entriesExpireByTheClockAndAreSwept() async throws {
        let clock = TestClock()
        let store = try await SQLiteStore.open(directory.url(), clock: clock)
        for index in 0..<40 { try await store.set("short \(index)", index, ttl: .seconds(10)) }
        clock.advance(by: .seconds(9))
        #expect(try await store.get("short 0")?.ttl == .seconds(1))
        clock.advance(by: .seconds(1))
        #expect(try await store.get("short 0") == nil)
        for index in 0..<SQLiteStore.putsPerSweep { try await store.set("long \(index)", 1) }
        let database = try await Database.open(directory.url())
        let rows = try await database.query("SELECT key FROM roost_entries WHERE expires_at IS NOT NULL")
        #expect(rows.isEmpty)
        #expect(try await store.get("long 0", as: Int.self) == 1)
    }

    @Test func aValueOfAnotherTypeIsToldAndStays() async throws {
        let store = try await SQLiteStore.open(directory.url())
        try await store.set("key", "text")
        await #expect(throws: DatabaseError.self) { try await store.get("key", as: Int.self) }
        await #expect(throws: DatabaseError.self) { try await store.increment("key") }
        #expect(try await store.get("key", as: String.self) == "text")
    }

    @Test func aSumThatIsTooLargeIsRefused() async throws {
        let store = try await SQLiteStore.open(directory.url())
        try await store.set("count", Int.max)
        await #expect(throws: DatabaseError.self) { try await store.increment("count") }
    }

    @Test func aWrongURLNamesItsKey() async throws {
        await #expect(throws: ConfigurationError.self) { try await SQLiteStore.open("redis://localhost") }
    }
}
