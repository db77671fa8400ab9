import Roost
import RoostStore
import RoostSystemTesting
import TestTools
import Testing

@testable import RoostRedis

@Suite struct RedisStoreTests {
    @Test(arguments: KeyValueStoreConformance.cases)
    func conforms(_ conformance: ConformanceCase<any KeyValueStore>) async throws { try await withStore(conformance.check) }

    @Test("Conforms while values are kept in memory", arguments: KeyValueStoreConformance.cases)
    func conformsWithCache(_ conformance: ConformanceCase<any KeyValueStore>) async throws {
        try await withStore { store in
            await store.cacheValues(prefix: "", for: .seconds(60))
            try await conformance.check(store)
        }
    }

    @Test(arguments: CounterStoreConformance.cases)
    func conforms(_ conformance: ConformanceCase<any CounterStore>) async throws { try await withStore(conformance.check) }

    @Test(arguments: SortedSetStoreConformance.cases)
    func conforms(_ conformance: ConformanceCase<any SortedSetStore>) async throws { try await withStore(conformance.check) }

    @Test(arguments: LockStoreConformance.cases)
    func conforms(_ conformance: ConformanceCase<any LockStore>) async throws { try await withStore(conformance.check) }

    @Test(arguments: ChannelStoreConformance.cases)
    func conforms(_ conformance: ConformanceCase<any ChannelStore>) async throws { try await withStore(conformance.check) }

    private func withStore(_ body: (RedisStore) async throws -> Void) async throws {
        let store = try await RedisStore.open(RedisServer.shared.url())
        try await body(store)
        await store.close()
    }

    @Test func aValueThatAnotherProgramWroteIsTold() async throws {
        let server = try await RedisServer.shared, url = server.url(), store = try await RedisStore.open(url)
        try await server.command("-n", String(url.split(separator: "/").last ?? ""), "SET", "v:key", "short")
        await #expect(throws: DatabaseError.self) { try await store.get("key") }
        try await server.command("-n", String(url.split(separator: "/").last ?? ""), "LPUSH", "v:list", "a")
        await #expect { try await store.get("list") } throws: { ($0 as? DatabaseError)?.code == .value }
        await store.close()
    }

    @Test func aScriptThatTheServerHasForgottenIsSentAgain() async throws {
        let server = try await RedisServer.start(), store = try await RedisStore.open(server.url())
        for number in 0..<3 {
            let version = try await store.put("key", [1], ttl: nil, if: .always)
            try await server.command("SCRIPT", "FLUSH")
            #expect(try await store.put("key", [2], ttl: nil, if: .version(try #require(version))) != nil, "\(number)")
        }
        await store.close()
    }

    @Test func operationsOfAClosedStoreFail() async throws {
        let store = try await RedisStore.open(RedisServer.shared.url())
        await store.close()
        await #expect { try await store.get("key") } throws: { ($0 as? Problem)?.status == .unavailable }
    }
}
