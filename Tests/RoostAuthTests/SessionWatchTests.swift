import Foundation
import Roost
import RoostSQLite
import RoostStore
import RoostTesting
import Synchronization
import Testing

@testable import RoostAuth

@Suite(.timeLimit(.minutes(5))) struct SessionWatchTests {
    private let directory: TemporaryFolder

    init() throws { directory = try TemporaryFolder() }

    private func store() async throws -> CountingStore {
        CountingStore(try await SQLiteStore.open(directory.databaseURL("store.db")))
    }

    private func token(_ session: String, expiresIn seconds: Double = 900) -> AccessToken {
        AccessToken(id: "t", account: "a", session: session, roles: [], email: nil, expiresAt: Date() + seconds)
    }

    @Test func aWatchEndsWhereverTheSessionWasRevoked() async throws {
        let watch = SessionWatch(Revocations(store: try await store()), pause: .milliseconds(10))
        let elsewhere = Revocations(store: try await store())
        let other = Task { try await watch.end(of: token("other")) }
        async let end = watch.end(of: token("mine"))
        try await eventually("both watch") { watch.watcherCount == 2 }
        try await elsewhere.revoke(session: "mine", until: Date() + 900)
        #expect(try await end.status == .unauthorized)
        #expect(!other.isCancelled && watch.watcherCount == 1)
        other.cancel()
        await #expect(throws: CancellationError.self) { try await other.value }
        #expect(watch.watcherCount == 0)
    }

    @Test func aSessionThatEndedBeforeItsStreamBeganIsFound() async throws {
        let revocations = Revocations(store: try await store())
        try await revocations.revoke(session: "mine", until: Date() + 900)
        let watch = SessionWatch(revocations, pause: .milliseconds(10))
        #expect(try await watch.end(of: token("mine")).status == .unauthorized)
    }

    @Test func aTokenThatExpiresEndsItsWatch() async throws {
        let watch = SessionWatch(nil, pause: .milliseconds(10))
        #expect(try await watch.end(of: token("mine", expiresIn: 0.05)).status == .unauthorized)
    }

    @Test func aThousandWatchersAskTheStoreOnceARoundAndOnceForEachSession() async throws {
        let store = try await store()
        let watch = SessionWatch(Revocations(store: store), pause: .milliseconds(20))
        let tasks = (0..<1000).map { index in Task { try await watch.end(of: token("session \(index % 50)")) } }
        try await eventually("all of them watch") { watch.watcherCount == 1000 }
        // Rounds go by, each of which asks for the mark.
        func asked() -> [Int] { (0..<50).map { store.count(of: "revoked-session/session \($0)") } }
        func rounds() -> Int { store.count(of: "revoked-sessions") }
        try await eventually("each session was looked for") { asked().allSatisfy { $0 >= 1 } }
        let (before, first) = (asked().reduce(0, +), rounds())
        try await eventually("ten rounds") { rounds() >= first + 10 }
        // Every thirtieth round asks for each session.
        let (later, last) = (asked().reduce(0, +), rounds())
        #expect(later - before <= 50 * ((last - first) / 30 + 2))
        for task in tasks { task.cancel() }
        for task in tasks { _ = await task.result }
        #expect(watch.watcherCount == 0)
    }

    @Test func aStoreThatFailsForAWhileEndsNothingAndForgetsNothing() async throws {
        let store = try await store()
        let watch = SessionWatch(Revocations(store: store), pause: .milliseconds(10))
        store.set(fails: true)
        async let end = watch.end(of: token("mine"))
        try await eventually("three rounds") { store.count(of: "revoked-sessions") >= 3 }
        #expect(watch.watcherCount == 1)
        store.set(fails: false)
        try await Revocations(store: store).revoke(session: "mine", until: Date() + 900)
        #expect(try await end.status == .unauthorized)
    }
}

/// A store that counts what is asked of it, and can be told to fail.
final class CountingStore: KeyValueStore {
    private let store: SQLiteStore
    private let state = Mutex<(counts: [String: Int], puts: Int, fails: Bool)>(([:], 0, false))

    init(_ store: SQLiteStore) { self.store = store }

    func count(of key: String) -> Int { state.withLock { $0.counts[key] ?? 0 } }
    var puts: Int { state.withLock { $0.puts } }
    func set(fails: Bool) { state.withLock { $0.fails = fails } }

    func get(_ key: String) async throws -> StoredValue? {
        let fails = state.withLock { state in
            state.counts[key, default: 0] += 1
            return state.fails
        }
        if fails { throw Problem.unavailable("down") }
        return try await store.get(key)
    }

    func put(_ key: String, _ bytes: [UInt8]?, ttl: Duration?, if condition: PutCondition) async throws -> StoreVersion? {
        state.withLock { $0.puts += 1 }
        return try await store.put(key, bytes, ttl: ttl, if: condition)
    }

    func close() async { await store.close() }
}
