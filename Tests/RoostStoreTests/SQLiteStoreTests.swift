import Foundation
import Roost
import RoostStore
import RoostSystemTesting
import Testing

@testable import RoostData
@testable import RoostSQLite

@Suite(.timeLimit(.minutes(5))) struct SQLiteStoreTests {
    private let directory: TemporaryFolder

    init() throws { directory = try TemporaryFolder() }

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

    @Test func entriesOutliveTheStoreAndAreShared() async throws {
        let first = try await SQLiteStore.open(directory.databaseURL())
        let second = try await SQLiteStore.open(directory.databaseURL())
        try await first.set("key", "value")
        #expect(try await second.get("key", as: String.self) == "value")
        await first.close()
        await second.close()
        let again = try await SQLiteStore.open(directory.databaseURL())
        #expect(try await again.get("key", as: String.self) == "value")
    }

    @Test func entriesExpireByTheClockAndAreSwept() async throws {
        let clock = TestClock()
        let store = try await SQLiteStore.open(directory.databaseURL(), clock: clock)
        for index in 0..<40 { try await store.set("short \(index)", index, ttl: .seconds(10)) }
        clock.advance(by: .seconds(9))
        #expect(try await store.get("short 0")?.ttl == .seconds(1))
        clock.advance(by: .seconds(1))
        #expect(try await store.get("short 0") == nil)
        for index in 0..<SQLiteStore.changesPerSweep { try await store.set("long \(index)", 1) }
        let database = try await Database.open(directory.databaseURL())
        let rows = try await database.query("SELECT key FROM roost_entries WHERE expires_at IS NOT NULL")
        #expect(rows.isEmpty)
        #expect(try await store.get("long 0", as: Int.self) == 1)
    }

    @Test func aChangeThatIsCommittedSucceedsEvenIfTheSweepAfterItFails() async throws {
        let clock = TestClock(), store = try await SQLiteStore.open(directory.databaseURL(), clock: clock)
        let database = try await Database.open(directory.databaseURL())
        for table in ["entries", "counters", "messages"] {
            try await database.execute(
                SQL(raw: "CREATE TRIGGER no_\(table) BEFORE DELETE ON roost_\(table) BEGIN SELECT RAISE(ABORT, 'no'); END"))
        }
        try await store.set("short", 1, ttl: .seconds(10))
        try await store.increment("short", ttl: .seconds(10))
        try await store.publish([1], to: "channel")
        clock.advance(by: .seconds(600))
        for number in 0..<2 * SQLiteStore.changesPerSweep {
            try await store.set("long \(number)", 1)
            try await store.increment("long")
            try await store.publish([2], to: "channel")
        }
        #expect(try await store.count("long") == 2 * Int(SQLiteStore.changesPerSweep))
        await store.close()
        await database.close()
    }

    @Test func locksThatHaveExpiredAreSwept() async throws {
        let clock = TestClock(), store = try await SQLiteStore.open(directory.databaseURL(), clock: clock)
        for number in 0..<10 { #expect(try await store.acquire("\(number)", ttl: .seconds(10)) != nil) }
        #expect(try await store.acquire("held", ttl: .seconds(1000)) != nil)
        clock.advance(by: .seconds(10))
        for number in 0..<SQLiteStore.changesPerSweep { try await store.set("\(number)", 1) }
        #expect(try await store.database.query("SELECT name FROM roost_locks").map { try $0.get("name", as: String.self) } == ["held"])
        await store.close()
    }

    @Test func theTimeOfALockBeginsWhenItsTurnHasCome() async throws {
        let clock = TestClock(), store = try await SQLiteStore.open(directory.databaseURL(), clock: clock)
        let driver = try #require(store.database.driver as? SQLiteDriver)
        let held = try await store.acquire("renewed", ttl: .seconds(60))
        let renewed = try #require(held)
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        async let holder: Void = store.database.transaction { _ in
            begin.finish()
            // The others wait for this transaction meanwhile.
            while driver.writer.waitingCount < 2 { await Task.yield() }
            clock.advance(by: .seconds(30))
        }
        for await _ in begun {}
        async let acquiring = store.acquire("lock", ttl: .seconds(20))
        async let renewing = store.renew(renewed, ttl: .seconds(20))
        try await holder
        #expect(try await acquiring != nil)
        #expect(try await renewing)
        // They are held until 50 seconds after the start.
        clock.advance(by: .seconds(19))
        for name in ["lock", "renewed"] { #expect(try await store.acquire(name, ttl: .seconds(1)) == nil, "\(name)") }
        await store.close()
    }

    @Test func messagesThatWereDeletedBeforeTheyWereReadAreAGap() async throws {
        let store = try await SQLiteStore.open(directory.databaseURL()), database = try await Database.open(directory.databaseURL())
        var events = try await store.subscribe(to: "channel").makeAsyncIterator()
        try await database.transaction { transaction in
            try await transaction.execute("INSERT INTO roost_messages (channel, bytes, sent_at) VALUES ('channel', x'01', 0)")
            try await transaction.execute("DELETE FROM roost_messages")
        }
        #expect(try await events.next() == .gap)
        try await store.publish([2], to: "channel")
        #expect(try await events.next() == .message([2]))
        await store.close()
        await database.close()
    }

    @Test func aSubscriptionThatFollowsTheLastOneGetsEachMessageOnce() async throws {
        let store = try await SQLiteStore.open(directory.databaseURL() + "?synchronous=normal")
        for round in 0..<100 {
            do {
                let first = try await store.subscribe(to: "channel")
                try await store.publish([0], to: "channel")
                for try await event in first where event == .message([0]) { break }
            }
            // The task that read for the first subscription may still be at work.
            var events = try await store.subscribe(to: "channel").makeAsyncIterator()
            for number in 1...3 as ClosedRange<UInt8> { try await store.publish([number], to: "channel") }
            for number in 1...3 as ClosedRange<UInt8> { #expect(try await events.next() == .message([number]), "round \(round)") }
        }
        await store.close()
    }

    @Test func aValueOfAnotherTypeIsToldAndStays() async throws {
        let store = try await SQLiteStore.open(directory.databaseURL())
        try await store.set("key", "text")
        await #expect(throws: DatabaseError.self) { try await store.get("key", as: Int.self) }
        #expect(try await store.get("key", as: String.self) == "text")
    }

    @Test func messagesReachAnotherProcess() async throws {
        // Two stores of one file, which know nothing of each other, as those of two processes do not.
        let first = try await SQLiteStore.open(directory.databaseURL()), second = try await SQLiteStore.open(directory.databaseURL())
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
