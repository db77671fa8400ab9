import Synchronization

/// A gate that opens once, and the tasks that wait for it.
///
/// Any number of tasks can wait. One that is cancelled, or whose deadline passes, leaves without affecting the others.
package final class Latch: Sendable {
    /// Why a wait has ended.
    package enum Ending: Sendable {
        case opened
        /// The deadline has passed.
        case late
        /// The task was cancelled.
        case cancelled
    }

    private struct Waiter {
        let ticket: Int
        let continuation: CheckedContinuation<Ending, Never>
    }

    private struct State {
        var isOpen = false
        // Nearly always, only one task waits, which then needs no array.
        var first: Waiter?
        var others: [Waiter] = []
        var ticket = 0

        mutating func add(_ waiter: Waiter) {
            if first == nil { first = waiter } else { others.append(waiter) }
        }

        mutating func remove(_ ticket: Int) -> Waiter? {
            if first?.ticket == ticket { return first.take() }
            return others.firstIndex { $0.ticket == ticket }.map { others.remove(at: $0) }
        }
    }

    private let state = Mutex(State())

    /// Creates a closed latch.
    package init() {}

    /// Whether the latch is open.
    package var isOpen: Bool { state.withLock { $0.isOpen } }

    /// Opens the latch, and resumes the tasks that wait for it.
    package func open() {
        let (first, others) = state.withLock { state in
            state.isOpen = true
            defer { state.others = [] }
            return (state.first.take(), state.others)
        }
        first?.continuation.resume(returning: .opened)
        for waiter in others { waiter.continuation.resume(returning: .opened) }
    }

    /// Waits until the latch is open, even if the task is cancelled.
    package func wait() async {
        guard let ticket = begin() else { return }
        _ = await withCheckedContinuation { wait(Waiter(ticket: ticket, continuation: $0)) }
    }

    /// Waits until the latch is open, the deadline has passed, or the task is cancelled.
    /// - Parameter deadline: The end of the wait, or `nil` for no limit.
    package func wait(by deadline: ContinuousClock.Instant?) async -> Ending {
        guard let ticket = begin() else { return .opened }
        let alarm = deadline.map { Deadlines.shared.add($0) { [self] in leave(ticket, .late) } }
        defer { if let alarm { Deadlines.shared.remove(alarm) } }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                wait(Waiter(ticket: ticket, continuation: continuation))
                // Either may have happened before the task could be resumed.
                if Task.isCancelled { leave(ticket, .cancelled) }
                if let deadline, deadline <= .now { leave(ticket, .late) }
            }
        } onCancel: {
            leave(ticket, .cancelled)
        }
    }

    /// Returns a ticket to wait with, or `nil` if the latch is open.
    private func begin() -> Int? {
        state.withLock { state in
            state.ticket += 1
            return state.isOpen ? nil : state.ticket
        }
    }

    private func wait(_ waiter: Waiter) {
        let isOpen = state.withLock { state in
            if !state.isOpen { state.add(waiter) }
            return state.isOpen
        }
        if isOpen { waiter.continuation.resume(returning: .opened) }
    }

    private func leave(_ ticket: Int, _ ending: Ending) {
        state.withLock { $0.remove(ticket) }?.continuation.resume(returning: ending)
    }
}
