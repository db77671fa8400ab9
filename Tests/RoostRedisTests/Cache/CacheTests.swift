import Foundation
import Roost
import RoostStore
import TestTools
import Testing

@testable import RoostRedis

@Suite("Values that are kept in memory") struct CacheTests {
    /// Counts the commands that a server has been sent.
    private func commands(_ server: RedisServer) async throws -> Int {
        let text = try await server.command("INFO", "stats")
        let line = text.split(separator: "\r\n").first { $0.hasPrefix("total_commands_processed:") }
        return try #require(line.flatMap { Int($0.split(separator: ":")[1]) })
    }

    /// Reads a key until it is kept in memory.
    private func cache(_ key: String, in store: RedisStore) async throws {
        while store.client.home.cache?.find(key) == nil {
            _ = try await store.get(key)
            await Task.yield()
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
        while try await store.get("flags/a", as: Int.self) != 2 { await Task.yield() }
        while try await store.get("flags/absent", as: Int.self) != 3 { await Task.yield() }
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
        while store.client.home.cache?.find("key") != nil { await Task.yield() }
        try await other.set("key", 2)
        #expect(try await store.get("key", as: Int.self) == 2)
        // On the new connection, values are kept again.
        try await cache("key", in: store)
        try await other.set("key", 3)
        while try await store.get("key", as: Int.self) != 3 { await Task.yield() }
        await store.close()
        await other.close()
        await proxy.stop()
    }

    @Test func numberAndTimeAreBounded() async throws {
        let store = try await RedisStore.open(RedisServer.shared.url()), home = store.client.home
        await store.cacheValues(prefix: "", for: .seconds(600))
        await store.cacheValues(prefix: "now", for: .zero)
        try await cache("a", in: store)
        let keys = (0..<RedisCache.mostEntries + 10).map { "\($0)" }
        #expect(try await store.get(keys).count == keys.count)
        #expect(home.cache?.find("a") == nil && home.cache?.find(keys[8]) == nil)
        #expect(home.cache?.find(keys[keys.count - 1]) != nil && home.cache?.find(keys[10]) != nil)
        _ = try await store.get("now")
        #expect(home.cache?.find("now") == nil)
        await store.close()
    }

    @Test func aPrefixThatAnotherOneCoversIsNotAskedFor() {
        #expect(RedisCache.cover(["b", "ab", "a", "", "c"]) == [""])
        #expect(RedisCache.cover(["b/", "a/x", "a/", "é", "b"]) == ["a/", "b", "é"])
    }
}
