import ArgumentParser
import Foundation
import Measuring
import Roost
import RoostEvents
import RoostSQLite
import Synchronization

/// Measures the embedded log with one producer and one consumer. An event of 256 bytes is in flight until it is stored, and the consumer has
/// handled and settled it. Prints what `measure` prints.
struct Log: AsyncParsableCommand {
    @Option(help: "The bus's URL.") var bus: String
    @Option(help: "How many events are in flight.") var callers = 1
    @Option(help: "How long to measure, in seconds.") var seconds = 3.0

    func run() async throws {
        let bus = try await SQLiteEventBus.open(bus), watch = EventWatch()
        let member = try await bus.join(GroupMembership("handler", topics: [PlacedOrder.topic]))
        let consuming = Task {
            while !Task.isCancelled {
                for case .delivered(let delivery) in try await member.next() {
                    try await member.settle(delivery.id)
                    watch.handle(delivery.envelope.id)
                }
            }
        }
        let data = [UInt8](repeating: 0x20, count: 256)
        try await measure(callers: callers, seconds: seconds) {
            let envelope = EventEnvelope(source: "bench", topic: PlacedOrder.topic, key: UUID.v7().text, data: data)
            try await watch.event(envelope.id) { try await bus.publish([envelope]) }
        }
        consuming.cancel()
        await member.drain()
        await bus.close()
    }
}

extension PlacedOrder: Event {
    static let topic = "orders.placed"
    var key: String { id }
}

/// Who waits for which event, in this process.
final class EventWatch: Sendable {
    private let waiters = Mutex<[String: AsyncStream<Void>.Continuation]>([:])

    /// Publishes an event and waits until it is handled.
    func event(_ id: String, publish: () async throws -> Void) async throws {
        let (handled, waiter) = AsyncStream.makeStream(of: Void.self)
        waiters.withLock { $0[id] = waiter }
        try await publish()
        for await _ in handled {}
    }

    func handle(_ id: String) { waiters.withLock { $0.removeValue(forKey: id) }?.finish() }
}
