import NIOCore
import Roost
import RoostData

extension LoopPool {
    private var total: Int { connections.count + opening + closing }

    /// Opens connections for those who wait, within the bound.
    func openMore(for waiting: Int) {
        guard waiting > opening, !isClosed, total < settings.connections else { return }
        var count = min(waiting - opening, settings.connections - total)
        if NIODeadline.now() < nextAttempt {
            // Those who wait learn at once that the server is down, but it is not asked by all of them.
            guard connections.isEmpty, opening == 0 else { return }
            count = 1
        }
        for _ in 0..<count {
            opening += 1
            open()
        }
    }

    private func open() {
        let this = NIOLoopBound(self, eventLoop: loop), loop = loop, dialer = dialer
        Task.detached {
            let result: Result<NIOLoopBound<PostgresConnection>, any Error>
            do { result = .success(try await dialer.connect(on: loop)) } catch { result = .failure(error) }
            loop.execute {
                switch result {
                case .success(let connection): this.value.opened(connection.value)
                case .failure(let error): this.value.failedToOpen(error)
                }
            }
        }
    }

    private func opened(_ connection: PostgresConnection) {
        opening -= 1
        if isClosed { return terminate(connection) }
        guard connection.isOpen else { return failedToOpen(HandshakeFailure.network(ChannelError.eof), counts: false) }
        let spread = Double.random(in: 0.9...1.1)
        connection.expiry = .now() + TimeAmount.nanoseconds(Int64(settings.lifetime / .nanoseconds(1) * spread))
        connection.owner = self
        connections.append(connection)
        rebalance()
    }

    private func failedToOpen(_ error: any Error, counts: Bool = true) {
        if counts { opening -= 1 }
        nextAttempt = .now() + TimeAmount(settings.dialPause)
        guard connections.isEmpty, opening == 0 else { return }
        // Nobody can serve those who wait: they learn it at once.
        let problem = Problem.unreachable(error)
        for flight in places { flight.end(with: problem) }
        for request in wholes { request.refuse(problem) }
        places = []
        wholes = []
        checkEmpty()
    }

    /// Closes a connection as the protocol demands. It counts until the server has let go of it.
    func terminate(_ connection: PostgresConnection) {
        connections.removeAll { $0 === connection }
        connection.owner = nil
        closing += 1
        connection.terminate { [self] in
            closing -= 1
            rebalance()
            checkEmpty()
        }
    }

    /// Uses a free connection for those who wait, or closes it if its time has come.
    func settle(_ connection: PostgresConnection) {
        if connection.load == 0, !connection.isReserved {
            connection.isPromised = false
            if isClosed || connection.isRetiring || NIODeadline.now() >= connection.expiry { terminate(connection) }
        }
        rebalance()
        checkEmpty()
    }

    /// Refuses everyone who waits, and closes each connection once it is free, or when the time is over.
    /// - Parameters:
    ///   - patience: How long transactions and statements may still take.
    ///   - done: Is called once all connections are gone, or when the time is over.
    func close(within patience: Duration, _ done: @escaping () -> Void) {
        whenEmpty.append(done)
        loop.assumeIsolated().scheduleTask(in: TimeAmount(patience)) { self.closeAtOnce() }
        if !isClosed {
            isClosed = true
            for flight in places { flight.end(with: Self.closed) }
            for request in wholes { request.refuse(Self.closed) }
            places = []
            wholes = []
            retireAll()
        }
        checkEmpty()
    }

    /// Closes each connection once it is free.
    private func retireAll() {
        for connection in connections where connection.load == 0 && !connection.isReserved { terminate(connection) }
        for connection in connections { connection.isRetiring = true }
    }

    /// Closes connections that are still in use: what runs on them fails.
    private func closeAtOnce() {
        for connection in connections { connection.close(Self.closed) }
        finishClosing()
    }

    private func checkEmpty() {
        if isClosed, total == 0 { finishClosing() }
    }

    private func finishClosing() {
        watch?.cancel()
        watch = nil
        let done = whenEmpty
        whenEmpty = []
        for action in done { action() }
    }
}

extension LoopPool: ConnectionOwner {
    func connection(_ connection: PostgresConnection, finished flight: Flight, _ status: TransactionStatus) {
        end(flight, on: connection)
        guard !connection.isReserved else {
            if flight.isAlone { release(connection, isClean: status == .idle) }
            return
        }
        // Somebody has begun a transaction on a connection that others share. It must not go on.
        if status != .idle { connection.close() } else if connection.load == 0 || !places.isEmpty || !wholes.isEmpty { settle(connection) }
    }

    private func end(_ flight: Flight, on connection: PostgresConnection) {
        guard let refusal = flight.refusal else { return flight.end(with: nil) }
        if refusal.isStale || refusal.isTypeMismatch, let prepared = flight.current {
            connection.drop(prepared)
            shapes.remove(prepared.shape.text)
            // The transaction is run again. It might meet one statement after another that is out of date, on one connection after another.
            if connection.isReserved, !connection.isRetiring, refusal.isStale, flight.reusesCurrent { retireAll() }
        }
        if let statement = flight as? StatementFlight, !connection.isReserved {
            if shouldRepeat(refusal, statement), statement.renew() { return admit(statement) }
        } else if flight is DescribeFlight, !connection.isReserved, flight.isExposed, refusal.code == "57014" {
            return flight.end(with: LostDescription(cause: refusal))
        }
        flight.end(with: refusal.error)
    }

    /// Whether a statement is sent once more. The server has said that it had no effect.
    private func shouldRepeat(_ refusal: ServerMessage, _ flight: StatementFlight) -> Bool {
        if refusal.isStale { return true }
        // A request to cancel the statement of another caller came too late for that one.
        if refusal.code == "57014" { return flight.isExposed && flight.statement.isAtomic }
        return flight.repetitions == 0 && flight.statement.mayBeRepeated(after: refusal, isFirst: true)
    }

    func connection(_ connection: PostgresConnection, notified channel: String) {}

    func connection(_ connection: PostgresConnection, lost flights: [Flight], _ reason: (any Error)?) {
        connections.removeAll { $0 === connection }
        closing += 1
        let this = NIOLoopBound(self, eventLoop: loop)
        connection.channel.closeFuture.whenComplete { _ in this.value.gone() }
        let reason = (flights.first?.refusal).map { $0 as any Error } ?? reason
        for flight in flights {
            if let statement = flight as? StatementFlight, statement.onlyReads, !connection.isReserved, !isClosed, statement.renew() {
                admit(statement)
            } else if flight is DescribeFlight, !connection.isReserved {
                flight.end(with: LostDescription(cause: reason))
            } else {
                flight.end(with: Problem.connectionLost(cause: reason))
            }
        }
        connection.owner = nil
    }

    private func gone() {
        closing -= 1
        rebalance()
        checkEmpty()
    }
}

/// The connection was lost while it described a statement, or the description was cancelled together with another statement.
struct LostDescription: Error {
    let cause: (any Error)?
}

extension Problem {
    /// No connection can be made.
    static func unreachable(_ cause: any Error) -> Problem {
        var problem = Problem.unavailable("The database is not available.")
        problem.cause = cause
        return problem
    }
}
