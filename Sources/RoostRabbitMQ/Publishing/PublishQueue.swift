import DequeModule
import NIOCore
import Roost
import RoostEvents

/// The events that are to be published, and what becomes of them. A pure state machine, which `RabbitMQPublisher` drives.
///
/// Events are published in order. Those that a connection has lost before they were confirmed are published again, under the same
/// identifiers, before any later ones.
struct PublishQueue {
    /// Events that one caller publishes.
    struct Batch {
        var left: Int
        let deadline: NIODeadline
        let done: EventLoopPromise<Void>
    }

    /// One event of a batch.
    struct Item {
        let batch: Int
        let message: OutgoingMessage
    }

    /// The largest number of events, and of bytes, that wait to be confirmed.
    static let mostItems = 65_536, mostBytes = 64 << 20

    private var batches: [Int: Batch] = [:]
    private var nextBatch = 0
    private var waiting: Deque<Item> = []
    private var sent = ConfirmWindow<Item>()
    private var count = 0, bytes = 0
    /// The number of events that are to be sent one at a time, because the server has refused one of them and does not say which.
    private var suspects = 0

    /// Whether nothing is left to be confirmed.
    var isEmpty: Bool { batches.isEmpty }

    /// The deadline of the oldest batch.
    var deadline: NIODeadline? { batches.values.map(\.deadline).min() }

    /// Adds a batch.
    /// - Returns: Whether there is room for it.
    mutating func add(_ messages: [OutgoingMessage], by deadline: NIODeadline, _ done: EventLoopPromise<Void>) -> Bool {
        let size = messages.reduce(0) { $0 + $1.body.count }
        guard count + messages.count <= Self.mostItems || count == 0, bytes + size <= Self.mostBytes || bytes == 0 else { return false }
        batches[nextBatch] = Batch(left: messages.count, deadline: deadline, done: done)
        waiting.append(contentsOf: messages.map { Item(batch: nextBatch, message: $0) })
        nextBatch += 1
        (count, bytes) = (count + messages.count, bytes + size)
        return true
    }

    /// Returns the next event to send, or `nil` if nothing can be sent now.
    mutating func next() -> OutgoingMessage? {
        guard suspects == 0 || sent.isEmpty else { return nil }
        while let item = waiting.popFirst() {
            guard batches[item.batch] != nil else {
                drop(item)
                continue
            }
            sent.add(item)
            return item.message
        }
        return nil
    }

    /// Takes a confirmation.
    mutating func confirm(_ confirmation: AMQPConfirmation) {
        for item in sent.confirm(confirmation) {
            drop(item)
            suspects = max(0, suspects - 1)
            if confirmation.isTaken {
                settle(item)
            } else {
                end(item.batch, TransportError(.failed, "RabbitMQ has not taken an event."))
            }
        }
    }

    /// Notes that no queue gets an event that some queue should get. Its confirmation follows.
    mutating func refuse(_ messageID: String?) {
        guard let item = sent.unconfirmed.first(where: { $0.message.properties.messageID == messageID }) else { return }
        end(item.batch, TransportError(.failed, "RabbitMQ has no queue for \(item.message.key). The queues are declared again."))
    }

    /// Prepares to publish again what was sent on a channel that has ended.
    /// - Parameter reason: Why the server has closed the channel; `nil` if the connection was lost.
    mutating func restart(because reason: AMQPMethod.Reason? = nil) {
        var items = sent.unconfirmed
        sent = ConfirmWindow()
        if let reason {
            // One at a time, the event that was refused is the only one.
            if items.count == 1, let item = items.popLast() {
                drop(item)
                suspects = max(0, suspects - 1)
                end(
                    item.batch,
                    Problem(.contentTooLarge, "RabbitMQ refuses an event of \(KeyLane.topic(of: item.message.key)): \(reason.text)."))
            }
            suspects = max(suspects, items.count)
        }
        waiting = Deque(items) + waiting
        for item in waiting where batches[item.batch] == nil { drop(item) }
        waiting.removeAll { batches[$0.batch] == nil }
        suspects = min(suspects, waiting.count)
    }

    /// The oldest event that was sent and is not confirmed.
    var oldestSent: OutgoingMessage? { sent.unconfirmed.first?.message }

    /// Whether the oldest event that was sent belongs to a batch that was given up: the server has not confirmed it in time.
    var isStuck: Bool { sent.unconfirmed.first.map { batches[$0.batch] == nil } ?? false }

    /// Gives up what is overdue.
    mutating func expire(at now: NIODeadline, _ error: any Error) {
        for (number, batch) in batches where batch.deadline <= now { end(number, error) }
        for item in waiting where batches[item.batch] == nil { drop(item) }
        waiting.removeAll { batches[$0.batch] == nil }
    }

    /// Gives up everything.
    mutating func fail(_ error: any Error) {
        for number in batches.keys.sorted() { end(number, error) }
        waiting = []
        sent = ConfirmWindow()
        (count, bytes, suspects) = (0, 0, 0)
    }

    private mutating func settle(_ item: Item) {
        guard var batch = batches[item.batch] else { return }
        batch.left -= 1
        batches[item.batch] = batch.left == 0 ? nil : batch
        if batch.left == 0 { batch.done.succeed() }
    }

    private mutating func end(_ batch: Int, _ error: any Error) { batches.removeValue(forKey: batch)?.done.fail(error) }

    private mutating func drop(_ item: Item) { (count, bytes) = (count - 1, bytes - item.message.body.count) }
}
