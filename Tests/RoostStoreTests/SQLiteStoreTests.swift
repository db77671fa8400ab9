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

    @Test(arguments: KeyValueStoreConformance.cases)
    func conforms(_ conformance: ConformanceCase<any KeyValueStore>) async throws { try await withStore(conformance.check) }

    @Test(arguments: CounterStoreConformance.cases)
    func conforms(_ conformance: ConformanceCase<any CounterStore>) async throws { try await withStore(conformance.check) }

    @Test(arguments: SortedSetStoreConformance.cases)
    func conforms(_ conformance: ConformanceCase<any SortedSetStore>) async throws { try await withStore(conformance.check) }

    @Test(arguments: LockStoreConformance.cases)
    func conforms(_ conformance: ConformanceCase<any LockStore>) async throws { try await withStore(conformance.check) }

    @Test(arguments: ChannelStoreConformance.cases)
    func conforms(_ conformance: ConformanceCase<any ChannelStore>) async throws { try await withStore(conformance.check) }

    private func withStore(_ body: (SQLiteStore) async throws -> Void) async throws {
        let store = try await SQLiteStore.open(directory.url())
        try await body(store)
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
        for index in 0..<SQLiteStore.changesPerSweep { try await store.set("long \(index)", 1) }
        let database = try await Database.open(directory.url())
        let rows = try await database.query("SELECT key FROM roost_entries WHERE expires_at IS NOT NULL")
        #expect(rows.isEmpty)
        #expect(try await store.get("long 0", as: Int.self) == 1)
    }

    @Test func aValueOfAnotherTypeIsToldAndStays() async throws {
        let store = try await SQLiteStore.open(directory.url())
        try await store.set("key", "text")
        await #expect(throws: DatabaseError.self) { try await store.get("key", as: Int.self) }
        #expect(try await store.get("key", as: String.self) == "text")
    }

    @Test func messagesReachAnotherProcess() async throws {
        // Two stores of one file, which know nothing of each other, as those of two processes do not.
        let first = try await SQLiteStore.open(directory.url()), second = try await SQLiteStore.open(directory.url())
        let subscription = try await second.subscribe(to: "channel")
        for number in 0..<3 as Range<UInt8> { try await first.publish([number], to: "channel") }
        var events = subscription.makeAsyncIterator()
        for number in 0..<3 as Range<UInt8> { #expect(try await events.next() == .message([number])) }
        await second.close()
        #expect(try await events.next() == nil)
        await first.close()
    }

    @Test func aWrongURLNamesItsKey() async throws {
        await #expect(throws: ConfigurationError.self) { try await SQLiteStore.open("redis://localhost") }
    }
}
