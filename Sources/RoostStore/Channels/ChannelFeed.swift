import Roost
import Synchronization

/// What a driver sends the messages of a subscription to. Its buffer is bounded: a reader that is too slow finds a gap.
public final class ChannelFeed: Sendable {
    /// The size of the buffer, in bytes.
    static let capacity = 1 << 20
    /// What a message needs besides its bytes.
    private static let overhead = 64

    private let events = BoundedChannel<ChannelEvent>(capacity: ChannelFeed.capacity)
    /// Whether a gap is the last event that was sent and has not been read. A further gap is then not sent, because the reader already
    /// finds one behind all messages. The lock also orders what several threads send.
    private let endsWithGap = Mutex(false)
    private let onEnd: @Sendable () -> Void

    /// Creates a feed.
    /// - Parameter onEnd: Called when the subscription is no longer used.
    public init(onEnd: @escaping @Sendable () -> Void) { self.onEnd = onEnd }

    /// Sends a message, or a gap in its place if the buffer is full.
    public func send(_ message: [UInt8]) {
        endsWithGap.withLock { endsWithGap in
            guard events.hasRoom else { return addGap(&endsWithGap) }
            endsWithGap = false
            events.send(.message(message), size: message.count + Self.overhead)
        }
    }

    /// Tells the reader that messages may have been lost. The reader finds the gap behind the messages that it has not read yet, whether or
    /// not another message follows.
    public func reportGap() { endsWithGap.withLock { addGap(&$0) } }

    /// Ends the subscription, because the store is closed.
    public func finish() { events.finish() }

    /// The channel takes one gap more than it has room for.
    private func addGap(_ endsWithGap: inout Bool) {
        guard !endsWithGap else { return }
        endsWithGap = true
        events.send(.gap, size: Self.overhead)
    }

    func next() async throws -> ChannelEvent? {
        let event = try await events.next()
        // Whoever has read a gap looks only now at what was missed, so what is lost from here on is another gap.
        if event == .gap { endsWithGap.withLock { $0 = false } }
        return event
    }

    func cancel() {
        events.cancel()
        onEnd()
    }
}
