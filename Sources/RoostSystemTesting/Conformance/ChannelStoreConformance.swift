import Roost
import RoostStore

/// The requirements that every store must meet for its channels. The names of channels are different in each case, since some engines share
/// channels among all stores.
public enum ChannelStoreConformance {
    /// The requirements, each independent of the others.
    public static let cases: [ConformanceCase<any ChannelStore>] = [
        .init("delivers messages unchanged and in order", delivers),
        .init("delivers to every subscription of a channel", deliversToAll),
        .init("delivers only what is sent after the subscription", beginsAtSubscription),
        .init("ends a subscription that is not used", ends),
        .init("tells a slow reader of a gap", tellsOfGaps),
        .init("enforces the limits", limits),
    ]

    private static func read(_ count: Int, from subscription: ChannelSubscription) async throws -> [[UInt8]] {
        var messages: [[UInt8]] = []
        for try await case .message(let message) in subscription {
            messages.append(message)
            if messages.count == count { break }
        }
        return messages
    }

    private static func delivers(_ store: any ChannelStore) async throws {
        let subscription = try await store.subscribe(to: "conformance/order")
        let messages = [[], [0, 13, 10, 255], Array(repeating: 7, count: StoreLimits.messageBytes)] + (0..<50).map { [UInt8($0)] }
        for message in messages { try await store.publish(message, to: "conformance/order") }
        try require(try await read(messages.count, from: subscription) == messages, "messages come as they were sent")
    }

    private static func deliversToAll(_ store: any ChannelStore) async throws {
        let first = try await store.subscribe(to: "conformance/é"), second = try await store.subscribe(to: "conformance/é")
        // The same letter, not composed.
        let other = try await store.subscribe(to: "conformance/e\u{301}")
        try await store.publish([1], to: "conformance/é")
        try await store.publish([2], to: "conformance/e\u{301}")
        for subscription in [first, second] { try require(try await read(1, from: subscription) == [[1]], "each gets the message") }
        try require(try await read(1, from: other) == [[2]], "another channel has other messages")
    }

    private static func beginsAtSubscription(_ store: any ChannelStore) async throws {
        try await store.publish([1], to: "conformance/begin")
        let first = try await store.subscribe(to: "conformance/begin")
        try await store.publish([2], to: "conformance/begin")
        let second = try await store.subscribe(to: "conformance/begin")
        try await store.publish([3], to: "conformance/begin")
        try require(try await read(2, from: first) == [[2], [3]], "earlier messages are not delivered")
        try require(try await read(1, from: second) == [[3]], "earlier messages are not delivered to a later subscription")
    }

    private static func ends(_ store: any ChannelStore) async throws {
        for number in 0..<20 {
            let subscription = try await store.subscribe(to: "conformance/end")
            try await store.publish([UInt8(number)], to: "conformance/end")
            try require(try await read(1, from: subscription) == [[UInt8(number)]], "a channel can be subscribed to again")
        }
        let subscription = try await store.subscribe(to: "conformance/cancelled")
        let task = Task { try await read(1, from: subscription) }
        task.cancel()
        let result = await task.result
        try require((try? result.get()) == nil, "a cancelled reader does not wait")
    }

    private static func tellsOfGaps(_ store: any ChannelStore) async throws {
        let slow = try await store.subscribe(to: "conformance/gap"), message = [UInt8](repeating: 1, count: StoreLimits.messageBytes)
        let quick = try await store.subscribe(to: "conformance/gap")
        for _ in 0..<32 {
            try await store.publish(message, to: "conformance/gap")
            _ = try await read(1, from: quick)
        }
        var events = slow.makeAsyncIterator(), messages = 0
        while try await events.next() == .message(message) { messages += 1 }
        try require(messages < 32, "a reader that is too slow misses messages, and finds a gap even if nothing follows it")
        try await store.publish([2], to: "conformance/gap")
        // Some of the messages before it may have arrived after the gap was told.
        var next = try await events.next()
        while next == .message(message) { next = try await events.next() }
        try require(next == .message([2]), "later messages follow the gap")
    }

    private static func limits(_ store: any ChannelStore) async throws {
        for channel in ["", "a\0b", String(repeating: "k", count: StoreLimits.keyBytes + 1)] {
            try await refuses(.key, "an invalid channel is refused") { try await store.publish([], to: channel) }
            try await refuses(.key, "an invalid channel is refused") { _ = try await store.subscribe(to: channel) }
        }
        let large = [UInt8](repeating: 0, count: StoreLimits.messageBytes + 1)
        try await refuses(.value, "a message that is too large is refused") { try await store.publish(large, to: "conformance/large") }
    }
}
