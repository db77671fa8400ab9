/// What has come on a connection and waits for its reader. Used on the connection's event loop.
struct Inbox<Element: Sendable> {
    typealias Reader = CheckedContinuation<Element?, any Error>

    /// With this many bytes in it an inbox is full, and the connection stops reading.
    private static var capacity: Int { 64 << 10 }

    private var elements: ArraySlice<(element: Element, size: Int)> = []
    private var size = 0
    private var reader: (ticket: Int, continuation: Reader)?
    /// Who gave up before it came to wait.
    private var givenUp = 0
    private var end: Result<Void, any Error>?

    var hasRoom: Bool { size < Self.capacity }

    mutating func push(_ element: Element, size: Int) {
        guard end == nil else { return }
        if let reader = reader.take() { return reader.continuation.resume(returning: element) }
        elements.append((element, size))
        self.size += size
    }

    /// Ends it: well, or with the error that the reader gets after what had come before.
    mutating func finish(_ end: Result<Void, any Error>) {
        guard self.end == nil else { return }
        self.end = end
        reader.take()?.continuation.resume(with: end.map { nil })
    }

    /// Gives the reader what is next, now or when it comes. There may be one reader at a time.
    /// - Parameter ticket: tells this reading from others; not 0.
    mutating func take(_ reader: Reader, _ ticket: Int) {
        if let next = elements.popFirst() {
            size -= next.size
            reader.resume(returning: next.element)
        } else if let end {
            reader.resume(with: end.map { nil })
        } else if self.reader != nil {
            reader.resume(throwing: SecondReader())
        } else if givenUp == ticket {
            reader.resume(throwing: CancellationError())
        } else {
            self.reader = (ticket, reader)
        }
    }

    /// A reader does not wait any longer.
    mutating func giveUp(_ ticket: Int) {
        guard reader?.ticket == ticket else {
            givenUp = ticket
            return
        }
        reader.take()?.continuation.resume(throwing: CancellationError())
    }
}

/// Two tasks read from one connection at once.
struct SecondReader: Error {}
