public import Synchronization

/// Passes elements from one producer to one reader. It is full from a certain size on: the producer then waits, or stops producing, so that
/// a slow reader slows it down.
///
/// The producer can be a task or an event loop, because `send(_:size:)` never waits. A channel with a capacity of 0 has room only while its
/// reader waits.
///
/// What runs for each element is inlined into other modules: it takes ten times as long if it is not specialized for the type of element.
@usableFromInline
package final class BoundedChannel<Element: Sendable>: Sendable {
    @usableFromInline let state = Mutex(ChannelState<Element>())
    @usableFromInline let capacity: Int
    @usableFromInline let onDemand: (@Sendable () -> Void)?
    private let onCancel: (@Sendable () -> Void)?

    /// Creates an empty channel.
    /// - Parameters:
    ///   - capacity: The size of the elements from which on the channel is full, in the unit of `send(_:size:)`.
    ///   - onDemand: Called on the reader's thread whenever the reader has taken an element or has begun to wait for one.
    ///   - onCancel: Called on the thread that cancels, when reading stops before the end.
    package init(capacity: Int, onDemand: (@Sendable () -> Void)? = nil, onCancel: (@Sendable () -> Void)? = nil) {
        self.capacity = capacity
        self.onDemand = onDemand
        self.onCancel = onCancel
    }
}

extension BoundedChannel {
    /// Whether the producer should send more.
    @inlinable package var hasRoom: Bool { state.withLock { $0.hasRoom(capacity) } }

    /// The size of the elements that have not been read.
    @inlinable package var size: Int { state.withLock { $0.size } }

    /// Whether the reader has stopped before the end.
    package var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Sends an element, even if the channel is full.
    /// - Parameters:
    ///   - element: The element.
    ///   - size: Its part of the capacity.
    /// - Returns: Whether it can be read. If not, the channel has ended or its reader has stopped.
    @inlinable @discardableResult
    package func send(_ element: Element, size: Int = 1) -> Bool {
        let (isOpen, reader) = state.withLock { state in
            let isOpen = state.isOpen
            return (isOpen, isOpen ? state.add(element, size) : nil)
        }
        reader?.resume(returning: element)
        return isOpen
    }

    /// Waits until the channel has room. Only one task can wait.
    /// - Returns: Whether it has room. If not, it has ended, its reader has stopped, or the task was cancelled.
    package func waitForRoom() async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { producer in
                let known = state.withLock { state -> Bool? in
                    guard state.isOpen, state.producer == nil else { return false }
                    if state.hasRoom(capacity) { return true }
                    state.producer = producer
                    return nil
                }
                if let known { return producer.resume(returning: known) }
                // The task may have been cancelled before it could be resumed.
                if Task.isCancelled { dismissProducer() }
            }
        } onCancel: {
            dismissProducer()
        }
    }

    private func dismissProducer() { state.withLock { $0.producer.take() }?.resume(returning: false) }

    /// Ends the channel. The first end counts.
    /// - Parameters:
    ///   - end: What the reader gets after the elements: their end or an error.
    ///   - discarding: Whether the reader gets the end immediately, instead of the elements that it has not read.
    package func finish(_ end: Result<Void, any Error> = .success(()), discarding: Bool = false) {
        let (producer, reader) = state.withLock { $0.finish(end, discarding: discarding) }
        producer?.resume(returning: false)
        reader?.resume(with: end.map { nil })
    }

    /// Sends the elements of a stream, each one when there is room, and then its end.
    package func send(all stream: MessageStream<Element>) async {
        do {
            for try await element in stream {
                guard send(element), await waitForRoom() else { throw CancellationError() }
            }
            finish()
        } catch {
            finish(.failure(error))
        }
    }
}

extension BoundedChannel {
    /// Returns the next element, or `nil` at the end. Only one task can read at a time.
    /// - Throws: The error that the channel ended with; a `CancellationError`; a `TransportError` with the code `.concurrentRead`.
    @inlinable
    package func next() async throws -> Element? {
        let (element, ticket) = begin()
        if let element { return element }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wait($0, ticket) }
        } onCancel: {
            dismissReader(ticket, .failure(CancellationError()))
        }
    }

    /// Returns the next element, the end, or a filler if nothing comes in time. Only one task can read at a time.
    /// - Parameters:
    ///   - limit: The longest time to wait.
    ///   - filler: What is returned after that time.
    /// - Throws: The error that the channel ended with; a `CancellationError`; a `TransportError` with the code `.concurrentRead`.
    package func next(within limit: Duration, else filler: Element) async throws -> Element? {
        let (element, ticket) = begin()
        if let element { return element }
        let deadline = ContinuousClock.now + limit
        let alarm = Deadlines.shared.add(deadline) { [self] in dismissReader(ticket, .success(filler)) }
        defer { Deadlines.shared.remove(alarm) }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { reader in
                wait(reader, ticket)
                // The deadline may have passed before the task could be resumed.
                if deadline <= .now { dismissReader(ticket, .success(filler)) }
            }
        } onCancel: {
            dismissReader(ticket, .failure(CancellationError()))
        }
    }

    /// Stops reading. Elements that were not read are discarded, and no more are accepted.
    package func cancel() {
        let (wasOpen, producer, reader) = state.withLock { $0.cancel() }
        producer?.resume(returning: false)
        reader?.resume(throwing: CancellationError())
        if wasOpen { onCancel?() }
    }

    /// Returns the next element if there is one, and otherwise a ticket to wait with.
    @inlinable
    func begin() -> (element: Element?, ticket: Int) {
        let (element, ticket, producer) = state.withLock { $0.take(capacity) }
        producer?.resume(returning: true)
        if element != nil { onDemand?() }
        return (element, ticket)
    }

    @inlinable
    func wait(_ reader: ChannelState<Element>.Reader, _ ticket: Int) {
        let (known, producer) = state.withLock { $0.wait(reader, ticket, capacity) }
        producer?.resume(returning: true)
        if let known { reader.resume(with: known) }
        // The task may have been cancelled before it could be resumed.
        if Task.isCancelled { dismissReader(ticket, .failure(CancellationError())) }
        onDemand?()
    }

    @inlinable
    func dismissReader(_ ticket: Int, _ result: Result<Element?, any Error>) {
        let reader = state.withLock { $0.reader?.ticket == ticket ? $0.reader.take() : nil }
        reader?.continuation.resume(with: result)
    }
}

extension BoundedChannel<[UInt8]> {
    /// Sends bytes, of which each counts. Pieces that wait for their reader are joined while they are small, because each one has an
    /// overhead of many bytes.
    /// - Parameters:
    ///   - piece: The bytes.
    ///   - limit: The largest piece that results, in bytes.
    package func send(_ piece: [UInt8], joiningUpTo limit: Int) {
        let reader = state.withLock { state -> ChannelState<[UInt8]>.Reader? in
            guard state.isOpen else { return nil }
            guard state.reader == nil, let last = state.elements.indices.last, state.elements[last].size + piece.count <= limit else {
                return state.add(piece, piece.count)
            }
            state.elements[last].element += piece
            state.elements[last].size += piece.count
            state.size += piece.count
            return nil
        }
        reader?.resume(returning: piece)
    }
}

extension TransportError {
    /// Two tasks read from one connection or channel.
    @usableFromInline
    package static let concurrentRead = TransportError(
        .concurrentRead, "Two tasks read from one connection: read from one.", failureKind: .permanent)
}
