import Foundation
import Roost
import RoostSQLite
import RoostStore
import RoostSystemTesting
import Testing

/// The clock of the operating system is set forward or back by an hour, while entries have lifetimes and locks are held.
@Suite(.timeLimit(.minutes(5))) struct ClockJumpTests {
    private func withStore(_ body: (SQLiteStore, TestClock) async throws -> Void) async throws {
        let folder = try TemporaryFolder(), clock = TestClock()
        let store = try await SQLiteStore.open(folder.databaseURL(), clock: clock)
        try await body(store, clock)
        await store.close()
        withExtendedLifetime(folder) {}
    }

    private func put(_ key: String, _ number: UInt8, for seconds: Int?, in store: SQLiteStore) async throws -> StoreVersion {
        try #require(try await store.put(key, [number], ttl: seconds.map { .seconds($0) }, if: .always))
    }

    @Test(arguments: [3600, -3600]) func whatLivesLongerStays(jump: Int) async throws {
        try await withStore { store, clock in
            let versions = [
                "always": try await put("always", 1, for: nil, in: store), "long": try await put("long", 2, for: 86_400, in: store),
            ]
            try await store.increment("always")
            try await store.increment("long", ttl: .seconds(86_400))
            clock.jump(by: .seconds(jump))
            for (key, version) in versions {
                #expect(try await store.get(key)?.version == version)
                #expect(try await store.put(key, [3], ttl: nil, if: .absent) == nil)
                #expect(try await store.increment(key) == 2)
                #expect(try await store.put(key, [3], ttl: nil, if: .version(version)) != nil)
            }
        }
    }

    @Test func anEntryThatHasExpiredByTheNewTimeIsGone() async throws {
        try await withStore { store, clock in
            let version = try await put("key", 1, for: 60, in: store)
            try await store.increment("key", ttl: .seconds(60))
            clock.jump(by: .seconds(3600))
            #expect(try await store.get("key") == nil)
            #expect(try await store.count("key") == 0)
            #expect(try await store.put("key", [2], ttl: nil, if: .version(version)) == nil)
            #expect(try await store.put("key", [3], ttl: .seconds(60), if: .absent) != nil)
            #expect(try await store.increment("key", ttl: .seconds(60)) == 1)
            // The new entry lives by the new time.
            clock.advance(by: .seconds(59))
            #expect(try await store.get("key")?.bytes == [3])
            #expect(try await store.count("key") == 1)
            clock.advance(by: .seconds(1))
            #expect(try await store.get("key") == nil)
            #expect(try await store.count("key") == 0)
        }
    }

    @Test func anEntryFromTheFutureLivesUntilItsDateOrTheNextChange() async throws {
        try await withStore { store, clock in
            _ = try await put("old", 1, for: 60, in: store)
            _ = try await put("changed", 1, for: 60, in: store)
            clock.jump(by: .seconds(-3600))
            #expect(try await store.get("old")?.ttl == .seconds(3660))
            _ = try await put("changed", 2, for: 60, in: store)
            clock.advance(by: .seconds(60))
            #expect(try await store.get("changed") == nil)
            #expect(try await store.get("old") != nil)
            clock.advance(by: .seconds(3600))
            #expect(try await store.get("old") == nil)
        }
    }

    /// The first holder cannot know that its time is over, but whatever takes tokens can.
    @Test func aLockThatExpiresByAJumpHasOneHolder() async throws {
        try await withStore { store, clock in
            let first = try #require(try await store.acquire("lock", ttl: .seconds(60)))
            clock.jump(by: .seconds(3600))
            let second = try #require(try await store.acquire("lock", ttl: .seconds(60)))
            #expect(second.token > first.token)
            #expect(try await store.renew(first, ttl: .seconds(60)) == false)
            #expect(try await store.release(first) == false)
            #expect(try await store.acquire("lock", ttl: .seconds(60)) == nil)
            #expect(try await store.renew(second, ttl: .seconds(60)))
            // Nor does the first one get it back with the time.
            clock.jump(by: .seconds(-3600))
            #expect(try await store.renew(first, ttl: .seconds(60)) == false)
            #expect(try await store.release(second))
        }
    }

    @Test func aLockThatIsRenewedAfterAJumpBackIsHeldNoLongerThanUsual() async throws {
        try await withStore { store, clock in
            let first = try #require(try await store.acquire("lock", ttl: .seconds(60)))
            clock.jump(by: .seconds(-3600))
            #expect(try await store.acquire("lock", ttl: .seconds(60)) == nil)
            #expect(try await store.renew(first, ttl: .seconds(60)))
            clock.advance(by: .seconds(59))
            #expect(try await store.acquire("lock", ttl: .seconds(60)) == nil)
            clock.advance(by: .seconds(1))
            let second = try #require(try await store.acquire("lock", ttl: .seconds(60)))
            #expect(second.token > first.token)
        }
    }
}
