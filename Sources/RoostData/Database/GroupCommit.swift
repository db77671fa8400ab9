public import Roost
import Synchronization

/// Commits changes that are requested at the same time as a group: those that arrive while a transaction is in progress share the next one.
///
/// Nothing waits for a group to fill: a change that comes alone is made at once, by its own caller. If a group fails, each of its changes is
/// made alone, so that it fails for its own reasons only.
///
/// It suits changes of the same few rows, which would wait for one another, and many small ones that each wait for the disk. A change must be
/// safe to repeat, with the same outcome: when a group has failed, it may be unknown whether it was committed.
public final class GroupCommit<Change: Sendable, Outcome: Sendable>: Sendable {
    /// What happened to a change that waited for its group.
    private enum Turn: Sendable {
        case made(Outcome)
        /// Its group failed.
        case alone
        case cancelled
        /// Too many others wait.
        case refused
    }

    private final class Waiter: Sendable {
        let change: Change
        private let turn = Mutex<CheckedContinuation<Turn, Never>?>(nil)

        init(_ change: Change) { self.change = change }

        func begin(_ turn: CheckedContinuation<Turn, Never>) { self.turn.withLock { $0 = turn } }

        func resume(with result: Turn) { turn.withLock { $0.take() }?.resume(returning: result) }
    }

    private struct State {
        var waiting: [Waiter] = []
        var isBusy = false
    }

    private let state = Mutex(State())
    private let limit: Int
    private let capacity: Int
    private let make: @Sendable ([Change]) async throws -> [Outcome]

    /// Creates a group commit.
    /// - Parameters:
    ///   - limit: The largest number of changes in a group.
    ///   - capacity: The largest number of changes that wait.
    ///   - patience: How long making changes may take, so that nothing holds up all others. What takes longer fails.
    ///   - make: Makes changes in one transaction, and returns the outcome of each, in their order. It runs in a task of its own, or in that
    ///     of the only caller. After the failure of a group, it runs for its changes at the same time.
    public init(
        limit: Int = 256, capacity: Int = 10_000, patience: Duration = .seconds(10),
        _ make: @escaping @Sendable ([Change]) async throws -> [Outcome]
    ) {
        self.limit = limit
        self.capacity = capacity
        self.make = { changes in
            let outcomes = try await RequestContext.currentOrNew.run(within: patience) { try await make(changes) }
            precondition(outcomes.count == changes.count, "There must be an outcome for each change.")
            return outcomes
        }
    }

    /// Makes a change, together with others that are requested meanwhile.
    /// - Returns: The outcome, once it is committed.
    /// - Throws: The error of the change; a `Problem` with status 503 if too many changes wait; a `CancellationError` if the task is cancelled.
    ///   If that happens while the change is made, it may be unknown whether it was committed.
    public func commit(_ change: Change) async throws -> Outcome {
        try Task.checkCancellation()
        let begins = state.withLock { state in
            defer { state.isBusy = true }
            return !state.isBusy
        }
        if begins {
            defer { goOn() }
            return try await makeAlone(change)
        }
        switch await turn(of: Waiter(change)) {
        case .made(let outcome): return outcome
        case .alone: return try await makeAlone(change)
        case .cancelled: throw CancellationError()
        case .refused: throw Problem.unavailable("Too many changes wait for the database.")
        }
    }

    var waitingCount: Int { state.withLock { $0.waiting.count } }
}

extension GroupCommit {
    private func makeAlone(_ change: Change) async throws -> Outcome { try await make([change])[0] }

    private func turn(of waiter: Waiter) async -> Turn {
        await withTaskCancellationHandler {
            await withCheckedContinuation { turn in
                waiter.begin(turn)
                join(waiter)
                // It may have been cancelled before it joined.
                if Task.isCancelled { withdraw(waiter) }
            }
        } onCancel: {
            withdraw(waiter)
        }
    }

    private func join(_ waiter: Waiter) {
        let (isRefused, begins) = state.withLock { state in
            guard state.waiting.count < capacity else { return (true, false) }
            state.waiting.append(waiter)
            defer { state.isBusy = true }
            return (false, !state.isBusy)
        }
        if isRefused { waiter.resume(with: .refused) }
        // The last group has ended meanwhile.
        if begins { goOn() }
    }

    /// Removes a change whose caller has given up, unless its group has begun.
    private func withdraw(_ waiter: Waiter) {
        let isThere = state.withLock { state in
            guard let index = state.waiting.firstIndex(where: { $0 === waiter }) else { return false }
            state.waiting.remove(at: index)
            return true
        }
        if isThere { waiter.resume(with: .cancelled) }
    }

    /// Makes what waits, until nothing does. This belongs to no caller, so that nobody's cancellation or deadline ends the work of others.
    private func goOn() {
        let first = nextGroup()
        guard !first.isEmpty else { return }
        Task.detached { [self] in
            var group = first
            while !group.isEmpty {
                await commit(group)
                group = nextGroup()
            }
        }
    }

    private func nextGroup() -> [Waiter] {
        state.withLock { state in
            let group = Array(state.waiting.prefix(limit))
            state.waiting.removeFirst(group.count)
            state.isBusy = !group.isEmpty
            return group
        }
    }

    private func commit(_ group: [Waiter]) async {
        do {
            let outcomes = try await make(group.map(\.change))
            for (waiter, outcome) in zip(group, outcomes) { waiter.resume(with: .made(outcome)) }
        } catch {
            for waiter in group { waiter.resume(with: .alone) }
        }
    }
}
