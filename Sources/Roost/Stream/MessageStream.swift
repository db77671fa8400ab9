/// Values that come one after another, for as long as both sides go on: what a `@Live` function returns, and what a function
/// takes whose caller sends more than one value.
///
/// Values are asked for one at a time, so that who makes them goes no faster than who takes them. The stream ends where its
/// source does, throws what its source throws, and is over once the task that reads it is cancelled.
public struct MessageStream<Element: Sendable>: AsyncSequence, Sendable {
    public typealias Failure = any Error

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let nextElement: () async throws -> Element?

        public mutating func next() async throws -> Element? { try await nextElement() }
    }

    /// Makes what gives the values to one reader.
    private let start: @Sendable () -> () async throws -> Element?
    /// Whether every stream of its source begins with the same values: see `replaying()`.
    public package(set) var isReplaying = false

    /// A stream of what a sequence gives.
    public init<Source: AsyncSequence & Sendable>(_ source: Source) where Source.Element == Element {
        start = {
            var iterator = source.makeAsyncIterator()
            return { try await iterator.next() }
        }
    }

    /// A stream of what `next` gives, until that is `nil`. It is read once.
    public init(unfolding next: @escaping @Sendable () async throws -> Element?) {
        start = { next }
    }

    /// A stream of these values.
    public init(of elements: Element...) {
        start = {
            var iterator = elements.makeIterator()
            return { iterator.next() }
        }
    }

    private init(start: @escaping @Sendable () -> () async throws -> Element?) { self.start = start }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(nextElement: start()) }
}

extension MessageStream {
    /// The same stream, whose source promises to replay: each time it is asked for a stream it gives what it gave before, from the first
    /// value on and in the same order, and then what is new, as a history does.
    ///
    /// A client whose connection broke may then go on from where it was: of a `@Live` function that replies with such a stream the
    /// Server-Sent Events bear ids, and `Last-Event-ID` passes over what the client has (WHATWG HTML §9.2.4). Of any other stream it
    /// would pass over values that nobody has seen, so there the events bear no ids and the field says nothing.
    public func replaying() -> MessageStream {
        var stream = self
        stream.isReplaying = true
        return stream
    }

    /// The stream of what `transform` makes of each value. It replays as this one does.
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

    /// The stream of what `transform` makes of this one: for each reader, of what gives it the values.
    public func transformed<Result: Sendable>(
        _ transform: @escaping @Sendable (_ next: @escaping () async throws -> Element?) -> () async throws -> Result?
    ) -> MessageStream<Result> {
        MessageStream<Result> { [start] in transform(start()) }
    }

    /// The same stream, with a filler wherever it gives nothing for a while.
    package func filled(with filler: Element, every pause: Duration) -> MessageStream {
        MessageStream(FilledStream(stream: self, filler: filler, pause: pause))
    }

    /// The same stream, whose values are made as part of a call.
    func within(_ context: RequestContext) -> MessageStream {
        var stream: MessageStream = transformed { next in { try await context.run { try await next() } } }
        stream.isReplaying = isReplaying
        return stream
    }
}
