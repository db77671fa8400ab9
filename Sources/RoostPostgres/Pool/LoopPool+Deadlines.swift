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
        for (text, flights) in describing { check(flights, of: text, now) }
        for connection in connections { check(connection, now) }
        // All of this may have made others wait.
        if isAwaited { return openMore(for: places.count + wholes.count) }
        watch?.cancel()
        watch = nil
    }

    private var isAwaited: Bool {
        !places.isEmpty || !wholes.isEmpty || !describing.isEmpty
            || connections.contains { $0.conversation.flights.contains { $0.deadline != nil || $0.cancellation != nil } }
    }

    /// Lets those go who have waited too long for the description of a statement. When nobody is left, it is stopped.
    private func check(_ flights: [StatementFlight], of text: String, _ now: ContinuousClock.Instant) {
        for flight in flights where flight.deadline.map({ $0 <= now }) ?? false { flight.end(with: Problem.tooSlow()) }
        guard flights.allSatisfy(\.isAbandoned) else { return }
        for connection in connections where !connection.isReserved {
            for flight in connection.conversation.flights where (flight as? DescribeFlight)?.text == text { flight.deadline = now }
        }
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

    /// Asks the server to stop what a connection runs. Until the request is over, the connection takes no other flights, because it could
    /// hit those.
    func cancel(_ connection: PostgresConnection) {
        guard connection.isOpen, let first = connection.conversation.flights.first, first.cancellation == nil else { return }
        first.cancellation = .now
        guard let key = connection.session.key else { return }
        connection.pendingCancels += 1
        for flight in connection.conversation.flights.dropFirst() { flight.isExposed = true }
        let this = NIOLoopBound((self, connection), eventLoop: loop), dialer = dialer, endpoint = connection.endpoint, loop = loop
        Task.detached {
            let isOver = await dialer.cancel(key, at: endpoint, on: loop)
            loop.execute { this.value.0.endCancel(of: this.value.1, isOver: isOver) }
        }
    }

    private func endCancel(of connection: PostgresConnection, isOver: Bool) {
        connection.pendingCancels -= 1
        // A request that is still on its way would hit somebody else.
        if !isOver { connection.isRetiring = true }
        if connection.isOpen, !connection.isReserved { settle(connection) }
    }
}

extension LoopPool {
    /// The largest number of calls whose end is known before their beginning.
    private static let mostOvertaking = 10_000

    /// Makes the caller of a flight or a request give up.
    func abandon(_ id: UInt64, _ error: any Error) {
        if let index = wholes.firstIndex(where: { $0.id == id }) { return wholes.remove(at: index).refuse(error) }
        if let index = places.firstIndex(where: { $0.id == id }) { return places.remove(at: index).end(with: error) }
        var isKnown = false
        for flights in describing.values {
            guard let flight = flights.first(where: { $0.id == id }) else { continue }
            flight.end(with: error)
            isKnown = true
        }
        for connection in connections where abandon(id, error, on: connection) { isKnown = true }
        if !isKnown { expect(id) }
    }

    /// Abandons the flights of a call on a connection. On a reserved connection, the server is asked to stop them.
    private func abandon(_ id: UInt64, _ error: any Error, on connection: PostgresConnection) -> Bool {
        var isKnown = false
        for flight in connection.conversation.flights where flight.id == id {
            flight.end(with: error)
            isKnown = true
            if connection.isReserved { flight.deadline = .now }
        }
        guard isKnown, connection.isReserved else { return isKnown }
        if connection.conversation.flights.first?.id == id { cancel(connection) }
        startWatch()
        return true
    }

    /// Notes a call that was cancelled before it arrived here from another thread. If it has ended instead, it is soon forgotten.
    private func expect(_ id: UInt64) {
        guard overtaking.count < Self.mostOvertaking else { return }
        overtaking.insert(id)
        loop.assumeIsolated().scheduleTask(in: .seconds(10)) { self.overtaking.remove(id) }
    }

    /// Whether a call was cancelled before it arrived.
    @inline(__always)
    func wasOvertaken(_ id: UInt64) -> Bool { !overtaking.isEmpty && overtaking.remove(id) != nil }
}
