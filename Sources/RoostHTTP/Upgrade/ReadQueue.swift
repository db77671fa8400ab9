import Roost

/// The queue of received elements that wait for their reader. It is used on the connection's event loop only.
struct ReadQueue<Element: Sendable> {
    typealias Reader = CheckedContinuation<Element?, any Error>

    /// The number of bytes from which on the queue is full and the connection stops reading.
    private static var capacity: Int { 64 << 10 }

    private var elements: ArraySlice<(element: Element, size: Int)> = []
    private var size = 0
    private var reader: (ticket: Int, continuation: Reader)?
    /// The ticket of a read that was cancelled before it began to wait.
    private var cancelled = 0
    private var end: Result<Void, any Error>?

    var hasRoom: Bool { size < Self.capacity }

    mutating func push(_ element: Element, size: Int) {
        guard end == nil else { return }
        if let reader = reader.take() { return reader.continuation.resume(returning: element) }
        elements.append((element, size))
        self.size += size
    }

    /// Ends the queue. The reader first gets the queued elements, and then the end or the error.
    mutating func finish(_ end: Result<Void, any Error>) {
        guard self.end == nil else { return }
        self.end = end
        reader.take()?.continuation.resume(with: end.map { nil })
    }

    /// Gives the reader the next element as soon as there is one. Only one reader may wait at a time.
    /// - Parameters:
    ///   - reader: Resumed with the element, or with `nil` at the end.
    ///   - ticket: Identifies this read, for `cancelRead(_:)`. It must not be 0.
    mutating func take(_ reader: Reader, _ ticket: Int) {
        if let next = elements.popFirst() {
            size -= next.size
            reader.resume(returning: next.element)
        } else if let end {
            reader.resume(with: end.map { nil })
        } else if self.reader != nil {
            reader.resume(throwing: TransportError.concurrentRead)
        } else if cancelled == ticket {
            reader.resume(throwing: CancellationError())
        } else {
            self.reader = (ticket, reader)
        }
    }

    /// Cancels a read, which may not have begun to wait yet.
    mutating func cancelRead(_ ticket: Int) {
        guard reader?.ticket == ticket else {
            cancelled = ticket
            return
        }
        reader.take()?.continuation.resume(throwing: CancellationError())
    }
}
