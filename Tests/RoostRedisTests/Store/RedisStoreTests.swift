import Roost
import RoostStore
import RoostSystemTesting
import TestTools
import Testing

@testable import RoostRedis

@Suite(.timeLimit(.minutes(5))) struct RedisStoreTests {
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

    /// More than a reply may have in all.
    @Test func manyLargeValuesAreReadTogether() async throws {
        let store = try await RedisStore.open(RedisServer.shared.url()), count = RedisStore.keysPerCommand + 3
        let value = [UInt8](repeating: 7, count: StoreLimits.valueBytes)
        for number in 0..<count { try await store.put("\(number)", value, ttl: nil, if: .always) }
        let values = try await store.get((0..<count).map { "\($0)" })
        #expect(values.count == count && values.allSatisfy { $0?.bytes == value })
        for number in 0..<count { try await store.delete("\(number)") }
        await store.close()
    }

    @Test func anyNumberOfKeysIsReadInTheirOrder() async throws {
        let store = try await RedisStore.open(RedisServer.shared.url()), keys = (0..<3000).map { "\($0)" }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in stride(from: 0, to: 3000, by: 7) { group.addTask { try await store.set("\(number)", number) } }
            try await group.waitForAll()
        }
        let numbers = try await store.get(keys).map { try $0?.decoded(as: Int.self, of: "key") }
        #expect(numbers == (0..<3000).map { $0.isMultiple(of: 7) ? $0 : nil })
        await store.close()
    }

    @Test func aRefusalWithinATransactionIsTold() async throws {
        let server = try await RedisServer.start()
        try await server.command("ACL", "SETUSER", "reader", "on", ">secret", "~*", "+@all", "-incrby")
        let store = try await RedisStore.open("redis://reader:secret@127.0.0.1:\(server.port)/0")
        await #expect { try await store.increment("count", ttl: .seconds(60)) } throws: {
            ($0 as? DatabaseError)?.message.hasPrefix("NOPERM") == true
        }
        await store.close()
    }

    @Test func aStoreMayBeClosedByTwoAtOnce() async throws {
        let store = try await RedisStore.open(RedisServer.shared.url())
        let subscription = try await store.subscribe(to: "channel/closed")
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask {
                    do { try await store.set("\(number)", 1) } catch { #expect(isUnavailable(error), "\(error)") }
                }
            }
            for _ in 0..<3 { group.addTask { await store.close() } }
        }
        for try await _ in subscription {}
    }

    @Test func operationsOfAClosedStoreFail() async throws {
        let store = try await RedisStore.open(RedisServer.shared.url())
        await store.close()
        await #expect { try await store.get("key") } throws: { ($0 as? Problem)?.status == .unavailable }
    }
}
