import Roost
import RoostSQLite
import RoostStore
import RoostSystemTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct NamespacedStoreTests {
    @Test(arguments: KeyValueStoreConformance.cases.filter { $0.description != "enforces the limits" })
    func conforms(_ conformance: ConformanceCase<any KeyValueStore>) async throws {
        try await withStore { try await conformance.check(NamespacedStore($0, service: "carts")) }
    }

    @Test(arguments: LockStoreConformance.cases)
    func conforms(_ conformance: ConformanceCase<any LockStore>) async throws {
        try await withStore { try await conformance.check(NamespacedStore($0, service: "carts")) }
    }

    @Test func spacesAreApart() async throws {
        try await withStore { store in
            let spaces: [any Store] = [
                NamespacedStore(store, service: "carts"), NamespacedStore(store, service: "carts2"),
                NamespacedStore(store, shared: "carts"),
            ]
            for (number, space) in spaces.enumerated() {
                try await space.set("key", number)
                try await space.increment("key", by: number + 10)
                try await space.add("key", score: Double(number), toSet: "key")
                #expect(try await space.acquire("key", ttl: .seconds(60)) != nil)
            }
            for (number, space) in spaces.enumerated() {
                #expect(try await space.get("key", as: Int.self) == number)
                #expect(try await space.count("key") == number + 10)
                #expect(try await space.highest(10, ofSet: "key") == [ScoredMember("key", score: Double(number))])
            }
            #expect(try await NamespacedStore(store, service: "carts").get("key", as: Int.self) == 0)
            #expect(try await store.get("carts:key", as: Int.self) == 0)
            #expect(try await store.get("shared/carts:key", as: Int.self) == 2)
        }
    }

    @Test func aNameWithASeparatorIsNoOtherSpacesKey() async throws {
        try await withStore { store in
            let spaces: [any Store] = [
                NamespacedStore(store, shared: "a"), NamespacedStore(store, shared: "a:b"), NamespacedStore(store, shared: "a%3Ab"),
                NamespacedStore(store, service: "shared/a"), NamespacedStore(store, service: "a"), NamespacedStore(store, service: "a:b"),
            ]
            for (number, space) in spaces.enumerated() {
                for key in ["c", "b:c"] { try await space.set(key, number) }
            }
            for (number, space) in spaces.enumerated() {
                for key in ["c", "b:c"] { #expect(try await space.get(key, as: Int.self) == number) }
            }
        }
    }

    @Test func aKeyThatIsEmptyIsRefused() async throws {
        try await withStore { store in
            await #expect(throws: DatabaseError.self) { try await NamespacedStore(store, service: "carts").get("") }
            let long = String(repeating: "k", count: StoreLimits.keyBytes)
            await #expect(throws: DatabaseError.self) { try await NamespacedStore(store, service: "carts").get(long) }
        }
    }
}
