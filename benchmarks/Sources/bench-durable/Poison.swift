import ArgumentParser
import Foundation
import Measuring
import Roost
import RoostData
import RoostEvents
import RoostSQLite
import Synchronization

/// Measures a consumer whose events have 1,000 keys in turns. The handler of one of them always fails, if it is poisoned. Prints how many events
/// of the other keys were handled, in how many seconds (until all are, or so long as given), the processor time of this process, and of how many of
/// the other keys not one event was handled.
struct Poison: AsyncParsableCommand {
    @Option(help: "The folder of the database and the bus.") var folder: String
    @Option(help: "The number of poisoned keys.") var poisoned = 0
    @Option(help: "How long to measure, in seconds.") var seconds = 3.0

    private static let keys = 1_000, ofEach = 20

    func run() async throws {
        let bus = try await SQLiteEventBus.open("sqlite:\(folder)/events.db")
        let database = try await Database.open("sqlite:\(folder)/handler.db", key: "--folder", migrations: Inbox.migrations)
        for _ in 0..<Self.ofEach {
            try await bus.publish((0..<Self.keys).map { EventEnvelope(PlacedOrder(id: "key-\($0)"), source: "bench") })
        }
        let counts = Counts(poisoned: (0..<poisoned).map { "key-\($0)" }, of: (Self.keys - poisoned) * Self.ofEach)
        let subscription = Subscription(PlacedOrder.self, named: "handler") { event, transaction in
            try counts.begin(event.id)
            transaction.onCommit { counts.handle(event.id) }
        }
        let consumer = try EventConsumer([subscription], group: "handler", from: bus, into: database)
        let consuming = Task { try await consumer.run() }
        let timer = Task {
            try await Task.sleep(for: .seconds(seconds))
            counts.stop()
        }
        let used = processorSeconds(), began = ContinuousClock.now
        await counts.wait()
        let took = ContinuousClock.now - began
        let (handled, touched) = counts.found
        print(handled, took / .seconds(1), processorSeconds() - used, Self.keys - poisoned - touched)
        timer.cancel()
        consuming.cancel()
        try await consuming.value
        await database.close()
        await bus.close()
    }
}

/// How many events of each key were handled.
private final class Counts: Sendable {
    private struct Poisoned: Error {}

    private let poisoned: Set<String>
    private let all: Int
    private let state = Mutex((handled: 0, keys: Set<String>()))
    private let (ends, end) = AsyncStream.makeStream(of: Void.self)

    init(poisoned: [String], of all: Int) {
        self.poisoned = Set(poisoned)
        self.all = all
    }

    var found: (handled: Int, keys: Int) { state.withLock { ($0.handled, $0.keys.count) } }

    /// - Throws: An error if the key is poisoned.
    func begin(_ key: String) throws { if poisoned.contains(key) { throw Poisoned() } }

    func handle(_ key: String) {
        let handled = state.withLock { state in
            state.handled += 1
            state.keys.insert(key)
            return state.handled
        }
        if handled == all { stop() }
    }

    func stop() { end.finish() }

    /// Waits until all events are handled, or the time is over.
    func wait() async { for await _ in ends {} }
}
