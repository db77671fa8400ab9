import Synchronization

/// State that a test changes and waits for, without looking again and again.
package final class Observed<State: Sendable>: Sendable {
    private struct Content: Sendable {
        var state: State
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var nextListener = 0
    }

    private let content: Mutex<Content>

    package init(_ state: State) { content = Mutex(Content(state: state)) }

    /// Reads the state.
    package func read<Value>(_ body: (State) throws -> sending Value) rethrows -> sending Value {
        try content.withLock { try body($0.state) }
    }

    /// Changes the state, and wakes everyone who waits.
    @discardableResult
    package func change<Value>(_ body: (inout State) throws -> sending Value) rethrows -> sending Value {
        defer { for listener in content.withLock({ Array($0.listeners.values) }) { listener.yield() } }
        return try content.withLock { try body(&$0.state) }
    }

    /// Waits until a function of the state returns a value.
    /// - Parameters:
    ///   - what: What is waited for, in the words of the error.
    ///   - limit: How long to wait; `nil` for no limit.
    ///   - value: Returns `nil` as long as there is no value yet. It may change the state.
    /// - Throws: An `OverdueError` if there is no value in time; a `CancellationError`; whatever `value` throws.
    package func wait<Value: Sendable>(
        for what: String, within limit: Duration? = .seconds(30), _ value: (inout State) throws -> Value?
    ) async throws -> Value {
        let (changes, listener) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = content.withLock { content in
            content.nextListener += 1
            content.listeners[content.nextListener] = listener
            return content.nextListener
        }
        defer { content.withLock { $0.listeners[number] = nil } }
        let timer = limit.map { limit in
            Task { if (try? await Task.sleep(for: limit)) != nil { listener.finish() } }
        }
        defer { timer?.cancel() }
        listener.yield()
        for await _ in changes {
            guard let value = try content.withLock({ try value(&$0.state) }) else { continue }
            // The function may have changed what others wait for.
            for other in content.withLock({ Array($0.listeners.values) }) { other.yield() }
            return value
        }
        try Task.checkCancellation()
        throw OverdueError(description: "\(what) did not happen within \(limit ?? .zero)")
    }
}
