/// The state of a `BoundedChannel`, which has the lock and resumes those who wait.
@usableFromInline
struct ChannelState<Element: Sendable> {
    @usableFromInline typealias Reader = CheckedContinuation<Element?, any Error>
    @usableFromInline typealias Producer = CheckedContinuation<Bool, Never>

    /// The elements that wait for the reader, oldest first.
    @usableFromInline var elements: ArraySlice<(element: Element, size: Int)> = []
    @usableFromInline var size = 0
    @usableFromInline var reader: (ticket: Int, continuation: Reader)?
    /// The producer that waits for room.
    @usableFromInline var producer: Producer?
    @usableFromInline var end: Result<Void, any Error>?
    @usableFromInline var isCancelled = false
    @usableFromInline var ticket = 0

    @inlinable
    init() {}

    /// Whether elements are accepted.
    @inlinable var isOpen: Bool { end == nil && !isCancelled }

    @inlinable
    func hasRoom(_ capacity: Int) -> Bool { size < capacity || reader != nil }

    /// Adds an element, unless the reader waits for it.
    /// - Returns: The reader that gets the element instead.
    @inlinable
    mutating func add(_ element: Element, _ size: Int) -> Reader? {
        if let reader = reader.take() { return reader.continuation }
        elements.append((element, size))
        self.size += size
        return nil
    }

    /// Takes the oldest element.
    /// - Returns: The element, or else a ticket to wait with, and a producer for which there is room now.
    @inlinable
    mutating func take(_ capacity: Int) -> (element: Element?, ticket: Int, producer: Producer?) {
        ticket += 1
        guard let (element, size) = elements.popFirst() else { return (nil, ticket, nil) }
        self.size -= size
        return (element, ticket, hasRoom(capacity) ? producer.take() : nil)
    }

    /// Makes the reader wait, unless there is something for it by now.
    /// - Returns: What the reader gets immediately, and a producer for which there is room now.
    @inlinable
    mutating func wait(_ reader: Reader, _ ticket: Int, _ capacity: Int) -> (known: Result<Element?, any Error>?, producer: Producer?) {
        let (element, _, producer) = take(capacity)
        if let element { return (.success(element), producer) }
        if let end { return (end.map { nil }, nil) }
        if isCancelled { return (.failure(CancellationError()), nil) }
        guard self.reader == nil else { return (.failure(TransportError.concurrentRead), nil) }
        self.reader = (ticket, reader)
        return (nil, self.producer.take())
    }

    mutating func finish(_ end: Result<Void, any Error>, discarding: Bool) -> (producer: Producer?, reader: Reader?) {
        guard self.end == nil else { return (nil, nil) }
        self.end = end
        if discarding { (elements, size) = ([], 0) }
        return (producer.take(), reader.take()?.continuation)
    }

    /// - Returns: Whether the channel was open, and those who wait.
    mutating func cancel() -> (wasOpen: Bool, producer: Producer?, reader: Reader?) {
        let wasOpen = isOpen
        isCancelled = true
        // What is discarded must not look like the proper end, even if the producer had reached it.
        if !elements.isEmpty { end = .failure(CancellationError()) }
        (elements, size) = ([], 0)
        return (wasOpen, producer.take(), reader.take()?.continuation)
    }
}
