extension MessageStream {
    /// Returns this stream, which throws as soon as its call must end, even while it waits. It replays if this one does.
    func ending(with validity: CallValidity?) -> MessageStream {
        guard let validity else { return self }
        var stream = MessageStream(ValidStream(stream: self, validity: validity))
        stream.isReplaying = isReplaying
        return stream
    }
}

/// A stream that ends when its call must end.
struct ValidStream<Element: Sendable>: AsyncSequence, Sendable {
    let stream: MessageStream<Element>
    let validity: CallValidity

    func makeAsyncIterator() -> Iterator { Iterator(source: Source(stream, validity)) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate let source: Source

        mutating func next() async throws -> Element? { try await source.channel.next() }
    }

    /// The running stream, which lives as long as it is read.
    fileprivate final class Source: Sendable {
        let channel = BoundedChannel<Element>(capacity: 1)
        private let giving: Task<Void, Never>
        private let watching: Task<Void, Never>

        init(_ stream: MessageStream<Element>, _ validity: CallValidity) {
            let giving = Task { [channel] in await channel.send(all: stream) }
            self.giving = giving
            watching = Task { [channel] in
                guard let problem = try? await validity.end() else { return }
                channel.finish(.failure(problem), discarding: true)
                giving.cancel()
            }
        }

        deinit {
            giving.cancel()
            watching.cancel()
            channel.cancel()
        }
    }
}
