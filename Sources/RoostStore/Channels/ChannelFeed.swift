import Roost
import Synchronization

/// What a driver sends the messages of a subscription to. Its buffer is bounded: a reader that is too slow finds a gap.
public final class ChannelFeed: Sendable {
    /// The size of the buffer, in bytes.
    static let capacity = 1 << 20
    /// What a message needs besides its bytes.
    private static let overhead = 64

    private let events = BoundedChannel<ChannelEvent>(capacity: ChannelFeed.capacity)
    private let hasGap = Mutex(false)
    private let onEnd: @Sendable () -> Void

    /// Creates a feed.
    /// - Parameter onEnd: Called when the subscription is no longer used.
    public init(onEnd: @escaping @Sendable () -> Void) { self.onEnd = onEnd }

    /// Sends a message.
    public func send(_ message: [UInt8]) {
        hasGap.withLock { hasGap in
            guard events.hasRoom else {
                hasGap = true
                return
            }
            if hasGap { events.send(.gap, size: Self.overhead) }
            hasGap = false
            events.send(.message(message), size: message.count + Self.overhead)
        }
    }

    /// Notes that messages may have been lost.
    public func reportGap() {
        hasGap.withLock { hasGap in
            hasGap = !events.hasRoom
            if !hasGap { events.send(.gap, size: Self.overhead) }
        }
    }

    /// Ends the subscription, because the store is closed.
    public func finish() { events.finish() }

    func next() async throws -> ChannelEvent? { try await events.next() }

    func cancel() {
        events.cancel()
        onEnd()
    }
}
