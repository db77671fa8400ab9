import Synchronization

/// Passes values from a stream to one reader, which can wait for a limited time. The stream is at most one value ahead.
final class StreamChannel<Element: Sendable>: Sendable {
    /// The result of a read: a value, the end or an error; `nil` if nothing came in time.
    typealias Outcome = Result<Element?, any Error>?

    private struct State {
        var value: Outcome = nil
        /// The stream, which waits until its value is taken.
        var giver: CheckedContinuation<Bool, Never>?
        var reader: (ticket: Int, continuation: CheckedContinuation<Outcome, Never>)?
        /// The result for a reader that had to stop before it began to wait.
        var stopped: (ticket: Int, outcome: Outcome)?
        var ticket = 0
        var isClosed = false
        /// The error for all further reads.
        var ending: (any Error)?
    }

    private let state = Mutex(State())

    /// Returns the next value, and waits for it without a limit. Only one task may read at a time.
    func take() async throws -> Element? { try await take(within: nil)?.get() ?? nil }

    /// Returns the next value, or `nil` if none came in time. Only one task may read at a time.
    /// - Parameter limit: The longest time to wait; `nil` for no limit.
    func take(within limit: Duration?) async -> Outcome {
        let ticket = state.withLock { state in
            state.ticket += 1
            return state.ticket
        }
        let timer = limit.map { limit in
            Task {
                try await Task.sleep(for: limit)
                stopWaiting(ticket, nil)
            }
        }
        defer { timer?.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { wait($0, ticket) }
        } onCancel: {
            stopWaiting(ticket, .failure(CancellationError()))
        }
    }

    /// Passes on the values of a stream, each once the previous one was taken, until the stream ends or the channel is closed.
    func give(_ stream: MessageStream<Element>) async {
        do {
            for try await element in stream {
                guard await offer(.success(element)) else { return }
            }
            _ = await offer(.success(nil))
        } catch {
            _ = await offer(.failure(error))
        }
    }

    /// Stops reading.
    func close() {
        let giver = state.withLock { state in
            state.isClosed = true
            return state.giver.take()
        }
        giver?.resume(returning: false)
    }

    /// Ends the stream for its reader, even if values are left.
    func end(_ error: any Error) {
        let (giver, reader) = state.withLock { state in
            state.isClosed = true
            state.ending = error
            return (state.giver.take(), state.reader.take())
        }
        giver?.resume(returning: false)
        reader?.continuation.resume(returning: .failure(error))
    }

    private func wait(_ continuation: CheckedContinuation<Outcome, Never>, _ ticket: Int) {
        let (isReady, outcome, giver) = state.withLock { state -> (Bool, Outcome, CheckedContinuation<Bool, Never>?) in
            if let ending = state.ending { return (true, .failure(ending), nil) }
            if let value = state.value.take() { return (true, value, state.giver.take()) }
            if let stopped = state.stopped, stopped.ticket == ticket { return (true, stopped.outcome, nil) }
            state.reader = (ticket, continuation)
            return (false, nil, nil)
        }
        giver?.resume(returning: true)
        if isReady { continuation.resume(returning: outcome) }
    }

    private func stopWaiting(_ ticket: Int, _ outcome: Outcome) {
        let reader = state.withLock { state in
            if state.reader?.ticket == ticket { return state.reader.take() }
            state.stopped = (ticket, outcome)
            return nil
        }
        reader?.continuation.resume(returning: outcome)
    }

    /// Passes a value on.
    /// - Returns: Whether another value is wanted.
    private func offer(_ value: Outcome) async -> Bool {
        await withCheckedContinuation { giver in
            let (isWanted, reader) = state.withLock { state -> (Bool?, CheckedContinuation<Outcome, Never>?) in
                if state.isClosed { return (false, nil) }
                if let reader = state.reader.take() { return (true, reader.continuation) }
                (state.value, state.giver) = (value, giver)
                return (nil, nil)
            }
            reader?.resume(returning: value)
            if let isWanted { giver.resume(returning: isWanted) }
        }
    }
}

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
            guard let outcome = await source.channel.take(within: pause) else { return filler }
            return try outcome.get()
        }
    }

    /// The running stream, which lives as long as it is read.
    fileprivate final class Source: Sendable {
        let channel = StreamChannel<Element>()
        private let task: Task<Void, Never>

        init(_ stream: MessageStream<Element>) { task = Task { [channel] in await channel.give(stream) } }

        deinit {
            task.cancel()
            channel.close()
        }
    }
}
