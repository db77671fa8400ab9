/// Messages to everyone who listens at the time. A message is kept for nobody: use an event bus for what must not be lost.
public protocol ChannelStore: Sendable {
    /// Sends a message to the subscriptions of a channel, in all processes.
    /// - Parameters:
    ///   - message: The message, of at most `StoreLimits.messageBytes` bytes.
    ///   - channel: The name of the channel.
    /// - Throws: A `DatabaseError` if a limit is exceeded; a `Problem` with status 503 if the store cannot be reached.
    func publish(_ message: [UInt8], to channel: String) async throws

    /// Receives the messages of a channel. When this returns, every later message is received.
    /// - Parameter channel: The name of the channel.
    /// - Returns: The messages. The subscription ends with this value, and with the store.
    /// - Throws: A `DatabaseError` if the name is invalid; a `Problem` with status 503 if the store cannot be reached.
    func subscribe(to channel: String) async throws -> ChannelSubscription
}

/// What a subscription receives.
public enum ChannelEvent: Hashable, Sendable {
    /// A message.
    case message([UInt8])
    /// Messages may have been lost here: the connection was interrupted, or the reader was too slow. Look again at whatever the messages are
    /// about.
    case gap
}

/// The messages of a channel, in the order in which they were sent. Only one task can read them.
public struct ChannelSubscription: AsyncSequence, Sendable {
    /// Ends the subscription when nothing refers to it any more.
    fileprivate final class Token: Sendable {
        let feed: ChannelFeed
        init(_ feed: ChannelFeed) { self.feed = feed }
        deinit { feed.cancel() }
    }

    private let token: Token

    /// Creates a subscription. Drivers call this.
    /// - Parameter feed: What the driver sends to.
    public init(_ feed: ChannelFeed) { token = Token(feed) }

    /// Reads the messages.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let token: Token

        /// Returns the next event, or `nil` after the store was closed.
        /// - Throws: A `CancellationError` if the task is cancelled.
        public mutating func next() async throws -> ChannelEvent? { try await token.feed.next() }
    }

    /// Returns an iterator. All iterators read the same messages.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(token: token) }
}
