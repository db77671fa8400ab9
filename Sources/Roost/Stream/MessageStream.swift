/// A stream of values: the reply of a `@Live` function, or the argument of a function whose caller sends more than one value.
///
/// Values are requested one at a time, so that the producer is not faster than the consumer. The stream ends when its source ends, throws
/// the error of its source, and is over once the task that reads it is cancelled.
public struct MessageStream<Element: Sendable>: AsyncSequence, Sendable {
    /// Any error: a stream throws what its source throws.
    public typealias Failure = any Error

    /// Reads the values of a stream, one at a time.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let nextElement: () async throws -> Element?

        /// Returns the next value, or `nil` at the end of the stream.
        /// - Throws: The error of the stream's source, or a `CancellationError`.
        public mutating func next() async throws -> Element? { try await nextElement() }
    }

    /// Starts the source for one reader.
    private let start: @Sendable () -> () async throws -> Element?
    /// Whether every stream of the source begins with the same values: see `replaying()`.
    public package(set) var isReplaying = false

    /// Creates a stream of a sequence's elements.
    public init<Source: AsyncSequence & Sendable>(_ source: Source) where Source.Element == Element {
        start = {
            var iterator = source.makeAsyncIterator()
            return { try await iterator.next() }
        }
    }

    /// Creates a stream of the values that a function returns, until it returns `nil`. It can be read once.
    public init(unfolding next: @escaping @Sendable () async throws -> Element?) {
        start = { next }
    }

    /// Creates a stream of these values.
    public init(of elements: Element...) {
        start = {
            var iterator = elements.makeIterator()
            return { iterator.next() }
        }
    }

    private init(start: @escaping @Sendable () -> () async throws -> Element?) { self.start = start }

    /// Starts reading the stream.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(nextElement: start()) }
}

extension MessageStream {
    /// Returns this stream, with the promise that its source replays: each time a stream is requested, it yields all earlier values again,
    /// in the same order, before new ones, as a history does.
    ///
    /// A client whose connection broke can then continue where it was: the Server-Sent Events of a `@Live` function that replies with such
    /// a stream have identifiers, and `Last-Event-ID` skips the values that the client has (WHATWG HTML §9.2.4). For any other stream this
    /// would skip values that nobody has seen, so its events have no identifiers and the field is ignored.
    public func replaying() -> MessageStream {
        var stream = self
        stream.isReplaying = true
        return stream
    }

    /// Returns a stream of transformed values. It replays if this one does.
    public func mapped<Result: Sendable>(_ transform: @escaping @Sendable (Element) async throws -> Result) -> MessageStream<Result> {
        var stream: MessageStream<Result> = transformed { next in
            {
                guard let element = try await next() else { return nil }
                return try await transform(element)
            }
        }
        stream.isReplaying = isReplaying
        return stream
    }

    /// Returns a stream whose source is made from the source of this one, anew for each reader.
    public func transformed<Result: Sendable>(
        _ transform: @escaping @Sendable (_ next: @escaping () async throws -> Element?) -> () async throws -> Result?
    ) -> MessageStream<Result> {
        MessageStream<Result> { [start] in transform(start()) }
    }

    /// Returns this stream with a filler whenever it is silent for a while.
    package func filled(with filler: Element, every pause: Duration) -> MessageStream {
        MessageStream(FilledStream(stream: self, filler: filler, pause: pause))
    }

    /// Returns this stream, whose values are made as part of a call.
    func within(_ context: RequestContext) -> MessageStream {
        var stream: MessageStream = transformed { next in { try await context.run { try await next() } } }
        stream.isReplaying = isReplaying
        return stream
    }
}
