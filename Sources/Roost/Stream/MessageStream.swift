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

    private let makeIterator: @Sendable () -> AsyncIterator

    /// A stream of what a sequence gives.
    public init<Source: AsyncSequence & Sendable>(_ source: Source) where Source.Element == Element {
        makeIterator = {
            let iterator = IteratorBox(source.makeAsyncIterator())
            return AsyncIterator { try await iterator.next() }
        }
    }

    /// A stream of what `next` gives, until that is `nil`. It is read once.
    public init(unfolding next: @escaping @Sendable () async throws -> Element?) {
        makeIterator = { AsyncIterator(nextElement: next) }
    }

    public func makeAsyncIterator() -> AsyncIterator { makeIterator() }
}

/// An iterator that a closure can move on. It stays in the task that iterates.
private final class IteratorBox<Iterator: AsyncIteratorProtocol> {
    private var iterator: Iterator

    init(_ iterator: Iterator) { self.iterator = iterator }

    func next() async throws -> Iterator.Element? { try await iterator.next() }
}
