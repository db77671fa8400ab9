import DequeModule
import NIOCore
import Roost
import RoostData

/// The connections of one event loop, and those who wait for one. It is used on its loop only, so it needs no locks.
///
/// Single statements share connections: each goes to the connection with the fewest flights. Whoever needs a connection of its own, such as
/// a transaction, gets one that no flight is left on. Both wait in order of arrival.
final class LoopPool {
    let loop: any EventLoop
    let dialer: Dialer
    let settings: PoolSettings
    let metrics: PoolMetrics

    /// The connections that can be used, including reserved ones.
    var connections: [PostgresConnection] = []
    /// The number of connections that are being opened.
    var opening = 0
    /// The number of connections that the server has not let go of.
    var closing = 0
    /// Single statements that wait for a place on a shared connection.
    var places = Deque<StatementFlight>()
    /// Callers that wait for a whole connection.
    var wholes = Deque<ReservationRequest>()
    var shapes: LeastRecentlyUsed<String, StatementShape>
    /// The statements that are being described, and those who wait for it.
    var describing: [String: [StatementFlight]] = [:]
    var lastTicket: UInt64 = 0
    var isClosed = false
    var whenEmpty: [() -> Void] = []
    var watch: RepeatedTask?
    /// The calls that were cancelled before they arrived.
    var overtaking: Set<UInt64> = []
    /// When to open several connections at once again, after a failure. Until then, it is tried with one at a time.
    var nextAttempt = NIODeadline.uptimeNanoseconds(0)

    init(_ loop: any EventLoop, _ dialer: Dialer, _ settings: PoolSettings, _ metrics: PoolMetrics) {
        self.loop = loop
        self.dialer = dialer
        self.settings = settings
        self.metrics = metrics
        shapes = LeastRecentlyUsed(capacity: settings.shapes)
    }

    /// Takes a single statement.
    func submit(_ flight: StatementFlight) {
        lastTicket += 1
        flight.ticket = lastTicket
        if wasOvertaken(flight.id) { return flight.end(with: CancellationError()) }
        admit(flight)
    }

    /// Sends a statement, or lets it wait.
    func admit(_ flight: StatementFlight) {
        if isClosed { return flight.end(with: Self.closed) }
        guard places.isEmpty, let connection = pick() else { return wait(flight) }
        start(flight, on: connection)
    }

    /// Takes a caller who needs a connection of its own.
    func submit(_ request: ReservationRequest) {
        if isClosed { return request.refuse(Self.closed) }
        if wasOvertaken(request.id) { return request.refuse(CancellationError()) }
        guard wholes.count < settings.capacity else { return request.refuse(Self.busy) }
        wholes.append(request)
        rebalance()
        startWatch()
    }

    /// Takes back a reserved connection.
    /// - Parameter isClean: Whether the server is ready and in no transaction.
    func release(_ connection: PostgresConnection, isClean: Bool) {
        connection.isReserved = false
        guard connection.isOpen else { return }
        guard isClean, connection.load == 0 else { return connection.close() }
        settle(connection)
    }

    func nextTicket() -> UInt64 {
        lastTicket += 1
        return lastTicket
    }

    static var closed: DatabaseError { DatabaseError(.closed, "the database is closed") }
    static var busy: Problem { .unavailable("No database connection came free in time.") }
}

extension LoopPool {
    private func wait(_ flight: StatementFlight) {
        guard places.count < settings.capacity else { return flight.end(with: Self.busy) }
        places.append(flight)
        rebalance()
        startWatch()
    }

    /// Returns the connection with the fewest flights that has room for one more. If it is busy, another one is opened for those to come.
    func pick() -> PostgresConnection? {
        var best: PostgresConnection?
        for connection in connections where isShared(connection) && connection.load < settings.depth && connection.isWritable {
            if connection.load < best?.load ?? .max { best = connection }
            if connection.load == 0 { break }
        }
        guard let best else { return nil }
        if best.load > 0 { openMore(for: 1) }
        return isFresh(best) ? best : pick()
    }

    private func isShared(_ connection: PostgresConnection) -> Bool {
        !connection.isReserved && !connection.isPromised && !connection.isRetiring && !connection.isChecking
            && connection.pendingCancels == 0 && connection.conversation.flights.first?.cancellation == nil
    }

    /// Hands out places and connections to those who wait, in the order in which they came.
    func rebalance() {
        while true {
            while let first = places.first, first.isAbandoned { places.removeFirst() }
            if let whole = wholes.first, isNext(whole), grant(whole) { continue }
            guard let flight = places.first, let connection = pick() else { break }
            places.removeFirst()
            start(flight, on: connection)
        }
        promise()
        openMore(for: places.count + wholes.count)
    }

    /// Whether a caller who wants a whole connection comes before those who want a place, or does not take the last shared connection.
    private func isNext(_ whole: ReservationRequest) -> Bool {
        guard let place = places.first, place.ticket < whole.ticket else { return true }
        return connections.lazy.filter(isShared).count > 1
    }

    /// Gives away a connection without flights, if there is one.
    private func grant(_ whole: ReservationRequest) -> Bool {
        guard let connection = connections.first(where: { isShared($0) && $0.load == 0 }) else { return false }
        guard isFresh(connection) else { return true }
        wholes.removeFirst()
        connection.isReserved = true
        metrics.waited(since: whole.start)
        whole.grant(Lease(connection, self, whole.options))
        return true
    }

    /// Keeps new flights off the least loaded connections, as many as callers wait for whole ones.
    private func promise() {
        var promised = connections.count { $0.isPromised }
        while promised < wholes.count, isNext(wholes[promised]) {
            guard let connection = connections.filter(isShared).min(by: { $0.load < $1.load }) else { return }
            connection.isPromised = true
            promised += 1
        }
    }

    /// Checks a connection that has been without work for long.
    /// - Returns: Whether it can be used at once.
    private func isFresh(_ connection: PostgresConnection) -> Bool {
        guard connection.load == 0, NIODeadline.now() - connection.lastUsed > TimeAmount(settings.idleCheck) else { return true }
        connection.isChecking = true
        connection.check(
            CheckFlight(deadline: .now + settings.checkTimeout) { [weak self] error in
                guard let self else { return }
                connection.isChecking = false
                if error == nil { rebalance() } else { connection.close() }
            })
        startWatch()
        return false
    }

    /// Begins with a statement on a connection, once its shape is known.
    private func start(_ flight: StatementFlight, on connection: PostgresConnection) {
        guard let unknown = flight.takeShapes(from: &shapes) else { return send(flight, on: connection) }
        let text = unknown.text
        if describing[text]?.append(flight) != nil { return }
        describing[text] = [flight]
        startWatch()
        describe(unknown, on: connection) { [self] result in
            let waiting = describing.removeValue(forKey: text) ?? []
            for flight in waiting where !flight.isAbandoned {
                switch result {
                case .success: admit(flight)
                // Nothing was run, so it can begin anew on another connection.
                case .failure(let error as LostDescription):
                    if isClosed || !flight.renew() { flight.end(with: Problem.connectionLost(cause: error.cause)) } else { admit(flight) }
                case .failure(let error): flight.end(with: error)
                }
            }
        }
    }

    private func send(_ flight: StatementFlight, on connection: PostgresConnection) {
        metrics.waited(since: flight.start)
        do {
            try connection.send(flight)
            if flight.deadline != nil { startWatch() }
        } catch {
            flight.end(with: error)
        }
    }

    /// Asks for the shape of a statement, and keeps it. Numbers are declared, unless the statement needs them to be of another type.
    /// - Parameter flight: What it is for, if nobody else can wait for it.
    func describe(
        _ statement: Statement, for flight: Flight? = nil, on connection: PostgresConnection,
        _ done: @escaping (Result<StatementShape, any Error>) -> Void
    ) {
        let declared = statement.bindings.map(ParameterEncoder.declaredType)
        describe(statement.text, declared, for: flight, on: connection) { [self] result in
            guard case .failure(let error) = result, Self.concernsTypes(error, declared), connection.isOpen else { return done(result) }
            describe(statement.text, [], for: flight, on: connection, done)
        }
    }

    func describe(
        _ text: String, _ types: [OID], for flight: Flight?, on connection: PostgresConnection,
        _ done: @escaping (Result<StatementShape, any Error>) -> Void
    ) {
        connection.describe(
            text, types,
            DescribeFlight(text, for: flight) { [self] result in
                if case .success(let shape) = result { _ = shapes.insert(shape, for: text) }
                done(result)
            })
    }

    /// Whether a statement failed because a number was declared to be of a type that it cannot have.
    static func concernsTypes(_ error: any Error, _ declared: [OID]) -> Bool {
        error.serverMessage?.isTypeMismatch == true && declared.contains { $0 != .undeclared }
    }
}

/// A flight that only asks whether the server answers.
final class CheckFlight: Flight {
    private let done: ((any Error)?) -> Void

    init(deadline: ContinuousClock.Instant?, done: @escaping ((any Error)?) -> Void) {
        self.done = done
        super.init(expected: 0, deadline: deadline)
    }

    override func resume(with error: (any Error)?) { done(error) }
}

extension Error {
    /// What the server said, if this error comes from it.
    var serverMessage: ServerMessage? {
        switch self {
        case let message as ServerMessage: message
        case let error as DatabaseError: error.cause as? ServerMessage
        case let problem as Problem: problem.cause as? ServerMessage
        default: nil
        }
    }
}
