import NIOCore
import Roost
import RoostData

extension LoopPool {
    private static let tick = TimeAmount.milliseconds(20)

    /// Looks for those whose time is over, as long as somebody waits. One timer serves all.
    func startWatch() {
        guard watch == nil else { return }
        let this = NIOLoopBound(self, eventLoop: loop)
        watch = loop.scheduleRepeatedTask(initialDelay: Self.tick, delay: Self.tick) { _ in this.value.check() }
    }

    private func check() {
        let now = ContinuousClock.now
        refuseOverdue(now)
        var isAwaited = !places.isEmpty || !wholes.isEmpty
        for connection in connections {
            check(connection, now)
            isAwaited = isAwaited || connection.conversation.flights.contains { $0.deadline != nil || $0.cancellation != nil }
        }
        for flights in describing.values {
            for flight in flights where flight.deadline.map({ $0 <= now }) ?? false { flight.end(with: Problem.tooSlow()) }
        }
        if isAwaited { return openMore(for: places.count + wholes.count) }
        watch?.cancel()
        watch = nil
    }

    private func refuseOverdue(_ now: ContinuousClock.Instant) {
        let overdue = places.filter { $0.isAbandoned || min($0.start + settings.timeout, $0.deadline ?? .now + settings.timeout) <= now }
        if !overdue.isEmpty {
            places.removeAll { flight in overdue.contains { $0 === flight } }
            for flight in overdue where !flight.isAbandoned {
                metrics.timedOut()
                flight.end(with: Self.busy)
            }
        }
        let late = wholes.filter { $0.deadline <= now }
        guard !late.isEmpty else { return }
        wholes.removeAll { request in late.contains { $0 === request } }
        for request in late {
            metrics.timedOut()
            request.refuse(Self.busy)
        }
    }

    /// Lets the callers of overdue flights go. What the server still runs for them is cancelled.
    private func check(_ connection: PostgresConnection, _ now: ContinuousClock.Instant) {
        for flight in connection.conversation.flights where !flight.isAbandoned {
            if let deadline = flight.deadline, deadline <= now { flight.end(with: Problem.tooSlow()) }
        }
        guard connection.isOpen, let first = connection.conversation.flights.first, first.isAbandoned else { return }
        if let cancellation = first.cancellation {
            if now >= cancellation + settings.cancelTimeout { connection.close() }
        } else if let deadline = first.deadline, deadline <= now {
            cancel(connection)
        }
    }

    /// Asks the server to stop what a connection runs.
    func cancel(_ connection: PostgresConnection) {
        guard connection.isOpen, let first = connection.conversation.flights.first, first.cancellation == nil else { return }
        first.cancellation = .now
        guard let key = connection.session.key else { return }
        connection.pendingCancels += 1
        let this = NIOLoopBound(connection, eventLoop: loop), dialer = dialer, endpoint = connection.endpoint, loop = loop
        Task.detached {
            await dialer.cancel(key, at: endpoint, on: loop)
            // The server's signal is on its way when it closes the connection of the request.
            loop.scheduleTask(in: .seconds(1)) { this.value.pendingCancels -= 1 }
        }
    }
}
