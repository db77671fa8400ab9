import Roost
import RoostStore
import RoostTesting
import Synchronization
import TestTools
import Testing

@testable import RoostRedis

/// With `appendfsync always`, nothing that was acknowledged may be lost, however often the server is killed.
@Suite(.timeLimit(.minutes(5))) struct KillTests {
    /// What a writer knows of its entry.
    private struct Ledger {
        /// The number in the last put that was acknowledged.
        var acknowledged = 0
        /// The number in the last put that was sent.
        var sent = 0
        /// The number of increments that were acknowledged, and of those that may have taken effect besides.
        var counted = 0, uncertain = 0
    }

    @Test func aServerThatIsKilledUnderLoadLosesNothingThatItAcknowledged() async throws {
        let server = try await RedisServer.start(["--appendonly", "yes", "--appendfsync", "always"])
        let store = try await RedisStore.open(server.url())
        let progress = (0..<8).map { _ in Progress() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, progress) in progress.enumerated() {
                group.addTask { await Self.write(to: store, as: number, progress) { progress.isDone } }
            }
            for _ in 0..<10 {
                let before = progress.map(\.acknowledged)
                // Each writer has had something acknowledged since the last kill.
                try await eventually("all writers go on", within: .seconds(120)) {
                    zip(progress, before).allSatisfy { $0.acknowledged > $1 + 3 }
                }
                server.kill()
                try await server.start()
            }
            for progress in progress { progress.finish() }
            try await group.waitForAll()
        }
        for (number, progress) in progress.enumerated() {
            let found = try await healed { try await store.get("entry \(number)", as: Int.self) ?? 0 }
            let count = try await healed { try await store.count("count \(number)") }
            #expect(progress.mayBe(entry: found, count: count), "writer \(number): \(progress.description), found \(found) and \(count)")
        }
        await store.close()
    }

    private static func write(to store: RedisStore, as number: Int, _ progress: Progress, until isDone: () -> Bool) async {
        var next = 1
        while !isDone(), !Task.isCancelled {
            progress.send(next)
            let isSet = (try? await store.set("entry \(number)", next)) != nil
            if isSet { progress.acknowledge(next) }
            let isCounted = (try? await store.increment("count \(number)", ttl: .seconds(600))) != nil
            progress.count(isCounted)
            // The server is down: the next attempt need not be immediate.
            if !isSet || !isCounted { try? await Task.sleep(for: .milliseconds(5)) }
            next += 1
        }
    }

    private final class Progress: Sendable {
        private let state = Mutex((ledger: Ledger(), isDone: false))

        var acknowledged: Int { state.withLock { $0.ledger.acknowledged } }
        var isDone: Bool { state.withLock { $0.isDone } }
        var description: String { state.withLock { "\($0.ledger)" } }

        func send(_ number: Int) { state.withLock { $0.ledger.sent = number } }
        func acknowledge(_ number: Int) { state.withLock { $0.ledger.acknowledged = number } }
        func finish() { state.withLock { $0.isDone = true } }

        func count(_ isAcknowledged: Bool) {
            state.withLock { state in
                if isAcknowledged { state.ledger.counted += 1 } else { state.ledger.uncertain += 1 }
            }
        }

        /// Whether everything that was acknowledged is there, and nothing that was never sent.
        func mayBe(entry: Int, count: Int) -> Bool {
            let ledger = state.withLock { $0.ledger }
            return (ledger.acknowledged...ledger.sent).contains(entry)
                && (ledger.counted...ledger.counted + ledger.uncertain).contains(count)
        }
    }
}
