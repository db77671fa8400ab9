import DequeModule
import Dispatch
import Roost
import RoostData
import Synchronization

extension Writer {
    private static var closed: DatabaseError { DatabaseError(.closed, "the database is closed") }
    private static var busy: Problem { .unavailable("The database is busy.") }

    /// Refuses everyone who waits, and closes the connection once it is free.
    func shut() {
        let (waiting, isIdle, isOver) = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [] }
            return (state.waiting, state.wakes(for: .idle), !state.hasThread)
        }
        if isOver { over.open() }
        for unit in waiting { unit.turnAway(Self.closed) }
        if isIdle { thread.wake() }
    }

    /// Refuses everyone who waits, and returns once the connection is closed.
    func close() async {
        shut()
        await over.wait()
    }

    var waitingCount: Int { state.withLock { $0.waiting.count } }

    private enum Admission { case nothing, start, wake, refuse(any Error) }

    /// Adds a unit at the end of the queue.
    func join(_ unit: UnitOfWork) {
        let (admission, isFirst) = state.withLock { state -> (Admission, Bool) in
            if state.isClosed { return (.refuse(Self.closed), false) }
            if let refusal = unit.refusal { return (.refuse(refusal), false) }
            guard state.waiting.count < capacity else { return (.refuse(Self.busy), false) }
            state.waiting.append(unit)
            let isFirst = !state.hasTimer
            state.hasTimer = true
            if state.wakes(for: .idle) { return (.wake, isFirst) }
            guard !state.hasThread else { return (.nothing, isFirst) }
            state.hasThread = true
            return (.start, isFirst)
        }
        if isFirst { lookForOverdue(in: timeout) }
        switch admission {
        case .nothing: break
        case .refuse(let error): unit.turnAway(error)
        case .wake: thread.wake()
        case .start: start()
        }
    }

    /// Removes a unit from the queue.
    /// - Returns: Whether it was there.
    func remove(_ unit: UnitOfWork) -> Bool {
        state.withLock { state in
            guard let index = state.waiting.firstIndex(where: { $0 === unit }) else { return false }
            state.waiting.remove(at: index)
            return true
        }
    }

    /// One timer is enough: all units wait equally long, so overdue ones are at the front.
    private func lookForOverdue(in time: Duration) {
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(Int(time / .nanoseconds(1)))) { [weak self] in
            self?.refuseOverdue()
        }
    }

    private func refuseOverdue() {
        let now = ContinuousClock.now
        let (overdue, next) = state.withLock { state in
            let count = state.waiting.firstIndex { $0.deadline > now } ?? state.waiting.count
            let overdue = Array(state.waiting[..<count])
            state.waiting.removeFirst(count)
            state.hasTimer = !state.waiting.isEmpty
            return (overdue, state.waiting.first?.deadline)
        }
        if let next { lookForOverdue(in: max(.milliseconds(1), next - now)) }
        for unit in overdue {
            timeouts.increment()
            unit.turnAway(Self.busy)
        }
    }
}

extension Writer.State {
    /// Records that the thread is about to be woken.
    /// - Returns: Whether it has to be.
    mutating func wakes(for reason: Writer.Parking) -> Bool {
        guard parking != .none, reason == .suspended || parking == .idle else { return false }
        parking = .none
        return true
    }

    mutating func end() -> (units: Deque<UnitOfWork>, jobs: [Writer.Job], isOver: Bool) {
        hasThread = false
        defer { (waiting, jobs) = ([], []) }
        return (waiting, jobs, isClosed)
    }
}

extension Writer {
    /// Records that the thread ends.
    /// - Parameter error: Why the units that wait cannot be served.
    func end(_ error: any Error) {
        let (units, jobs, isOver) = state.withLock { $0.end() }
        for unit in units { unit.turnAway(error) }
        for job in jobs { job.unit.runElsewhere([job.job]) }
        if isOver { over.open() }
    }
}
