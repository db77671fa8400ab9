import Foundation
import Roost
import RoostStore
import RoostTesting
import TestTools
import Testing

@testable import RoostRedis

@Suite("Values that are kept in memory", .timeLimit(.minutes(5))) struct CacheTests {
    /// Counts the commands that a server has been sent.
    private func commands(_ server: RedisServer) async throws -> Int {
        let text = try await server.command("INFO", "stats")
        let line = text.split(separator: "\r\n").first { $0.hasPrefix("total_commands_processed:") }
        return try #require(line.flatMap { Int($0.split(separator: ":")[1]) })
    }

    /// Reads a key until it is kept in memory.
    private func cache(_ key: String, in store: RedisStore) async throws {
        try await eventually("the value is kept") {
            _ = try await store.get(key)
            return store.client.home.cache?.find(key) != nil
        }
    }

    @Test func aKeptValueCostsNoCommandAndEndsWithAChange() async throws {
        let server = try await RedisServer.start(), url = server.url()
        let store = try await RedisStore.open(url), other = try await RedisStore.open(url)
        await store.cacheValues(prefix: "flags/", for: .seconds(600))
        try await other.set("flags/a", 1)
        try await cache("flags/a", in: store)
        try await cache("flags/absent", in: store)
        let before = try await commands(server)
        for _ in 0..<100 {
            #expect(try await store.get("flags/a", as: Int.self) == 1)
            #expect(try await store.get(["flags/a", "flags/absent"]).map { $0 != nil } == [true, false])
        }
        // The other command is INFO itself.
        #expect(try await commands(server) == before + 1)
        try await other.set("flags/a", 2)
        try await other.set("flags/absent", 3)
        try await eventually("the change is seen") { try await store.get("flags/a", as: Int.self) == 2 }
        try await eventually("the new value is seen") { try await store.get("flags/absent", as: Int.self) == 3 }
        // Its own changes are seen at once.
        for number in 0..<50 {
            try await store.set("flags/a", number)
            #expect(try await store.get("flags/a", as: Int.self) == number)
        }
        await store.close()
        await other.close()
    }

    @Test func onlyKeysThatWereAskedForAreKept() async throws {
        let store = try await RedisStore.open(RedisServer.shared.url())
        await store.cacheValues(prefix: "flags/", for: .seconds(600))
        await store.cacheValues(prefix: "flags/new/", for: .seconds(1))
        await store.cacheValues(prefix: "keys/", for: .seconds(600))
        for key in ["flags/a", "flags/new/b", "keys/c", "carts/d", "flag"] { try await store.set(key, key) }
        for key in ["flags/a", "flags/new/b", "keys/c"] { try await cache(key, in: store) }
        for key in ["carts/d", "flag"] {
            _ = try await store.get(key)
            #expect(store.client.home.cache?.find(key) == nil)
        }
        await store.close()
    }

    @Test func aLostConnectionForgetsEverything() async throws {
        let proxy = try await CuttingProxy.start(to: RedisServer.shared.port)
        let number = try await RedisServer.shared.url().split(separator: "/").last ?? "0"
        let store = try await RedisStore.open("redis://127.0.0.1:\(proxy.port)/\(number)")
        let other = try await RedisStore.open("redis://127.0.0.1:\(RedisServer.shared.port)/\(number)")
        await store.cacheValues(prefix: "", for: .seconds(600))
        try await other.set("key", 1)
        try await cache("key", in: store)
        proxy.cutAll()
        try await eventually("the value is forgotten") { store.client.home.cache?.find("key") == nil }
        try await other.set("key", 2)
        #expect(try await store.get("key", as: Int.self) == 2)
        // On the new connection, values are kept again.
        try await cache("key", in: store)
        try await other.set("key", 3)
        try await eventually("the change is seen") { try await store.get("key", as: Int.self) == 3 }
        await store.close()
        await other.close()
        await proxy.stop()
    }

    @Test func numberAndTimeAreBounded() async throws {
        // A server tells of changes in all of its databases, so other tests would make room in the cache.
        let server = try await RedisServer.start(), store = try await RedisStore.open(server.url()), home = store.client.home
        await store.cacheValues(prefix: "", for: .seconds(600))
        await store.cacheValues(prefix: "now", for: .zero)
        try await cache("a", in: store)
        let keys = (0..<RedisCache.mostEntries + 10).map { "\($0)" }
        #expect(try await store.get(keys).count == keys.count)
        // The values arrive in portions, in any order.
        #expect(home.cache?.find("a") == nil)
        #expect(keys.count { home.cache?.find($0) != nil } == RedisCache.mostEntries)
        _ = try await store.get("now")
        #expect(home.cache?.find("now") == nil)
        await store.close()
    }

    /// A value that is kept may be older than that of the server for a moment.
    @Test func aChangeThatDependsOnTheValueReadsThatOfTheServer() async throws {
        let store = try await RedisStore.open(RedisServer.shared.url()), link = store.client.home
        let cache = try #require(link.cache)
        await store.cacheValues(prefix: "", for: .seconds(600))
        try await self.cache("told", in: store)
        func keep(_ number: Int?, of key: String) throws {
            let entry = number.map { StoredEntry(version: .random(), expiry: nil, bytes: JSON.encode($0)) }
            cache.keep(entry, of: key, since: try #require(cache.mark))
        }
        let spaced = NamespacedStore(store, service: "carts")
        for (space, key, stored) in [(store as any Store, "a", "a"), (spaced, "a", "carts:a")] {
            try await space.set(key, 2)
            // The server may tell of the change after it has replied.
            repeat { try keep(1, of: stored) } while try await space.get(key, as: Int.self) != 1
            #expect(try await space.getLatest(key)?.decoded(as: Int.self, of: key) == 2)
            try keep(1, of: stored)
            var seen: [Int?] = []
            try await space.update(key, as: Int.self) { value in
                seen.append(value)
                value = 3
            }
            #expect(seen == [2])
            try keep(nil, of: stored)
            #expect(try await space.put(key, nil, ttl: nil, if: .absent) == nil)
            try keep(nil, of: stored)
            try await space.update(key, as: Int.self) { $0 = nil }
            #expect(try await space.getLatest(key) == nil)
        }
        await store.close()
    }

    /// The reply may have been sent before the change, by another connection.
    @Test func aReplyIsNotKeptIfTheProcessHasChangedAValueMeanwhile() async throws {
        let store = try await RedisStore.open(RedisServer.shared.url()), cache = try #require(store.client.home.cache)
        await store.cacheValues(prefix: "replies/", for: .seconds(600))
        try await self.cache("replies/told", in: store)
        let mark = try #require(cache.mark), old = StoredEntry(version: .random(), expiry: nil, bytes: [1])
        cache.keep(old, of: "replies/a", since: mark)
        #expect(cache.find("replies/a") != nil)
        try await store.set("carts/a", 1)
        #expect(cache.find("replies/a") != nil)
        try await store.set("replies/a", 2)
        cache.keep(old, of: "replies/a", since: mark)
        #expect(cache.find("replies/a") == nil)
        await store.close()
    }

    @Test func aChangeOfAKeyIsSeenWhateverItsFirstCharacter() async throws {
        let url = try await RedisServer.shared.url(), store = try await RedisStore.open(url), other = try await RedisStore.open(url)
        await store.cacheValues(prefix: "", for: .seconds(600))
        // An accent that combines with the colon of the prefix.
        for key in ["\u{301}key", "\u{20DD}", "é"] {
            try await other.set(key, 1)
            try await cache(key, in: store)
            try await other.set(key, 2)
            try await eventually("the change is seen") { try await store.get(key, as: Int.self) == 2 }
        }
        await store.close()
        await other.close()
    }

    @Test func aPrefixThatAnotherOneCoversIsNotAskedFor() {
        #expect(RedisCache.cover(["b", "ab", "a", "", "c"]) == [""])
        #expect(RedisCache.cover(["b/", "a/x", "a/", "é", "b"]) == ["a/", "b", "é"])
    }
}
