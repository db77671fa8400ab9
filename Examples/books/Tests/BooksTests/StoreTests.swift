import Foundation
import RoostSQLite
import RoostSystem
import RoostSystemTesting
import Testing

@Schema struct Wishes: Equatable {
    var isbns: [String] = []
}

/// What the guide to data says about the store.
@Suite(.timeLimit(.minutes(5))) struct StoreTests {
    @Test func valuesCountersAndLocks() async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let store = try await SQLiteStore.open(folder.databaseURL("store.db"))

        try await store.update("wishes:ada", as: Wishes.self, ttl: .seconds(86_400)) { wishes in
            wishes = Wishes(isbns: (wishes?.isbns ?? []) + ["9780141439587"])
        }
        let wishes = try await store.get("wishes:ada", as: Wishes.self)
        #expect(wishes == Wishes(isbns: ["9780141439587"]))

        let requests = try await store.increment("requests:ada", ttl: .seconds(60))
        #expect(requests == 1)

        let result = try await store.withLock("report") { lock in
            lock.name
        }
        #expect(result == "report")
        await store.close()
    }
}
