import Roost
import Synchronization

/// A handler that counts its calls, and can be told to fail or to wait.
final class Orders: Sendable {
    private let state = Mutex<(made: Int, failure: Problem?, gate: Gate?)>((0, nil, nil))

    var count: Int { state.withLock { $0.made } }

    func fails(with failure: Problem?) { state.withLock { $0.failure = failure } }

    /// Makes the next call wait.
    func hold() -> Gate {
        let gate = Gate()
        state.withLock { $0.gate = gate }
        return gate
    }

    var respond: Responder {
        { [self] _, _ in
            let (number, failure, gate) = state.withLock { state in
                state.made += 1
                defer { state.gate = nil }
                return (state.made, state.failure, state.gate)
            }
            await gate?.pass()
            if let failure { throw failure }
            return Response(.created, headers: ["location": "/orders/\(number)"], body: .text("order \(number)"))
        }
    }
}

/// Blocks a task until another one opens it.
final class Gate: Sendable {
    private let reaching = AsyncStream.makeStream(of: Void.self)
    private let opening = AsyncStream.makeStream(of: Void.self)

    func pass() async {
        reaching.continuation.yield()
        for await _ in opening.stream { break }
    }

    func reached() async {
        for await _ in reaching.stream { break }
    }

    func open() { opening.continuation.yield() }
}
