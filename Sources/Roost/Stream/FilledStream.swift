/// A stream that yields a filler whenever its source is silent for a while.
struct FilledStream<Element: Sendable>: AsyncSequence, Sendable {
    let stream: MessageStream<Element>
    let filler: Element
    let pause: Duration

    func makeAsyncIterator() -> Iterator { Iterator(filler: filler, pause: pause, source: Source(stream)) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate let filler: Element
        fileprivate let pause: Duration
        fileprivate let source: Source

        mutating func next() async throws -> Element? {
            try await source.channel.next(within: pause, else: filler)
        }
    }

    /// The running stream, which lives as long as it is read.
    fileprivate final class Source: Sendable {
        let channel = BoundedChannel<Element>(capacity: 1)
        private let task: Task<Void, Never>

        init(_ stream: MessageStream<Element>) { task = Task { [channel] in await channel.send(all: stream) } }

        deinit {
            task.cancel()
            channel.cancel()
        }
    }
}
