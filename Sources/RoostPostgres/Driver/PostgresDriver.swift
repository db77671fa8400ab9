import NIOCore
import NIOPosix
import Roost
import RoostData
import Synchronization

/// PostgreSQL, with connections on the event loops of the process. A caller on one of these loops uses its connections, without a change of
/// thread.
final class PostgresDriver: DatabaseDriver {
    let dialect = Dialect.postgres
    private let homes: [Home]
    private let listener: Listener
    private let advisory: AdvisoryPresence?
    private let turn = Atomic(0)
    private let timeout: Duration
    private let replicas: PostgresDriver?

    /// The connections of one event loop.
    struct Home: Sendable {
        let loop: any EventLoop
        let executor: LoopExecutor
        let pool: NIOLoopBound<LoopPool>
    }

    /// The smallest number of connections for which an event loop has some of its own.
    private static let connectionsPerLoop = 4

    private init(_ dialer: Dialer, _ homes: [Home], replicas: PostgresDriver?) {
        self.homes = homes
        self.replicas = replicas
        timeout = dialer.configuration.poolTimeout
        listener = Listener(dialer)
        // A lock of a session would end up in another session with each transaction.
        advisory = dialer.configuration.pooler == .none ? AdvisoryPresence(dialer) : nil
    }

    deinit {
        listener.stop()
        for home in homes { home.loop.execute { home.pool.value.close(within: Self.patience) {} } }
        if let advisory { Task { await advisory.close() } }
    }

    /// Creates a driver without connections. They are opened when they are needed.
    /// - Parameter replicas: The driver that reads from replicas, if there are any.
    static func make(_ dialer: Dialer, replicas: PostgresDriver? = nil) async throws -> PostgresDriver {
        let configuration = dialer.configuration
        let loops = Array(MultiThreadedEventLoopGroup.singleton.makeIterator())
        let count = max(1, min(loops.count, configuration.connections / connectionsPerLoop))
        let metrics = PoolMetrics(pool: configuration.poolName)
        var homes: [Home] = []
        for (index, loop) in loops.prefix(count).enumerated() {
            let share = configuration.connections / count + (index < configuration.connections % count ? 1 : 0)
            var settings = PoolSettings(connections: share, timeout: configuration.poolTimeout)
            settings.cancelTimeout = configuration.cancelTimeout
            let pool = try await loop.submit { [settings] in
                NIOLoopBound(LoopPool(loop, dialer, settings, metrics), eventLoop: loop)
            }.get()
            homes.append(Home(loop: loop, executor: LoopExecutor(loop), pool: pool))
        }
        return PostgresDriver(dialer, homes, replicas: replicas)
    }

    var presence: (any DatabasePresence)? { advisory }
    var keepsSessions: Bool { advisory != nil }
    var replica: (any DatabaseDriver)? { replicas }

    func run<Row: Sendable>(
        _ statement: Statement, for access: DatabaseAccess, _ decode: @escaping RowDecoder<Row>
    ) async throws -> StatementResult<Row> {
        try Task.checkCancellation()
        let home = home(), id = CallNumber.next(), start = ContinuousClock.now
        let deadline = RequestContext.current?.deadline, onlyReads = access == .read
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { caller in
                home.perform { pool in
                    pool.submit(
                        RowsFlight(
                            statement, id: id, onlyReads: onlyReads, deadline: deadline, start: start, decode: decode, caller: caller))
                }
            }
        } onCancel: {
            home.loop.execute { home.pool.value.abandon(id, CancellationError()) }
        }
    }

    func transaction<Result: Sendable>(
        _ options: TransactionOptions, _ body: @Sendable (any DatabaseSession) async throws -> Result
    ) async throws -> Result {
        let home = home()
        if home.loop.inEventLoop { return try await attempt(options, on: home, body) }
        return try await withTaskExecutorPreference(home.executor) { try await attempt(options, on: home, body) }
    }

    func signals(_ channel: String) -> AsyncStream<Void> { listener.notifications(channel) }

    /// How long transactions may take after the driver is closed. Then their connections are closed, and they fail.
    private static let patience = Duration.seconds(10)

    func close() async { await close(within: Self.patience) }

    func close(within patience: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            if let replicas { group.addTask { await replicas.close(within: patience) } }
            group.addTask { await self.listener.close() }
            if let advisory { group.addTask { await advisory.close() } }
            for home in homes { group.addTask { await home.close(within: patience) } }
        }
    }

    /// The connections of the loop that the caller is on, or otherwise of the loops in turn.
    func home() -> Home {
        if let current = MultiThreadedEventLoopGroup.currentEventLoop, let home = homes.first(where: { $0.loop === current }) {
            return home
        }
        guard homes.count > 1 else { return homes[0] }
        return homes[turn.wrappingAdd(1, ordering: .relaxed).oldValue.magnitudeModulo(homes.count)]
    }
}

extension PostgresDriver.Home {
    /// Uses the pool: at once if the caller is on its loop.
    func perform(_ action: @escaping @Sendable (LoopPool) -> Void) {
        if loop.inEventLoop { action(pool.value) } else { loop.execute { action(pool.value) } }
    }

    func close(within patience: Duration) async {
        await withUnsafeContinuation { (caller: UnsafeContinuation<Void, Never>) in
            loop.execute { pool.value.close(within: patience) { caller.resume() } }
        }
    }
}

extension Int {
    fileprivate func magnitudeModulo(_ count: Int) -> Int { Int(magnitude % UInt(count)) }
}

extension PostgresDriver {
    /// Runs the body until it is committed, or fails for another reason than other transactions.
    private func attempt<Result: Sendable>(
        _ options: TransactionOptions, on home: Home, _ body: @Sendable (any DatabaseSession) async throws -> Result
    ) async throws -> Result {
        for attempt in 1..<max(options.attempts, 1) {
            let (outcome, isRepeatable) = try await once(options, on: home, body)
            guard isRepeatable, !Task.isCancelled else { return try outcome.get() }
            try await Self.pause(after: attempt)
        }
        return try await once(options, on: home, body).outcome.get()
    }

    /// Waits before a further attempt. Those who met once would meet again without a pause of random length.
    static func pause(after attempt: Int) async throws {
        try await Task.sleep(for: .milliseconds(Int.random(in: 1...(5 << min(attempt, 6)))))
    }

    private func once<Result: Sendable>(
        _ options: TransactionOptions, on home: Home, _ body: @Sendable (any DatabaseSession) async throws -> Result
    ) async throws -> (outcome: Swift.Result<Result, any Error>, isRepeatable: Bool) {
        let lease = try await reserve(on: home, options), result: Result
        do {
            result = try await body(PostgresSession(lease: lease))
            try Task.checkCancellation()
        } catch {
            return (.failure(error), await lease.end())
        }
        do {
            let signals = try await lease.commit()
            _ = await lease.end()
            listener.notify(signals)
            return (.success(result), false)
        } catch {
            _ = await lease.end()
            // If the connection was lost, the transaction may have been committed all the same.
            return (.failure(error), error.serverMessage?.allowsRepetition == true)
        }
    }

    private func reserve(on home: Home, _ options: TransactionOptions) async throws -> NIOLoopBound<Lease> {
        try await withConnection(on: home, options) { lease, _, caller in
            caller.resume(with: lease.map { NIOLoopBound($0, eventLoop: home.loop) })
        }
    }

    typealias Use<Value: Sendable> = @Sendable (Result<Lease, any Error>, _ id: UInt64, UnsafeContinuation<Value, any Error>) -> Void

    /// Waits for a connection that nobody else uses.
    /// - Parameter use: Uses the connection, on the loop, and resumes the caller.
    func withConnection<Value: Sendable>(
        on home: Home, _ options: TransactionOptions, _ use: @escaping Use<Value>
    ) async throws -> Value {
        try Task.checkCancellation()
        let id = CallNumber.next(), start = ContinuousClock.now
        let patience = start + timeout, deadline = RequestContext.current?.deadline.map { min($0, patience) } ?? patience
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { caller in
                home.perform { pool in
                    pool.submit(
                        ReservationRequest(id: id, ticket: pool.nextTicket(), options: options, start: start, deadline: deadline) {
                            use($0, id, caller)
                        })
                }
            }
        } onCancel: {
            home.loop.execute { home.pool.value.abandon(id, CancellationError()) }
        }
    }
}

extension NIOLoopBound where Value == Lease {
    /// Commits the transaction.
    /// - Returns: The channels that it has signalled.
    fileprivate func commit() async throws -> Set<String> {
        try await withUnsafeThrowingContinuation { caller in
            onLoop { lease in
                let signals = lease.signals
                lease.commit { error in
                    if let error { caller.resume(throwing: error) } else { caller.resume(returning: signals) }
                }
            }
        }
    }

    /// Rolls the transaction back unless it was committed, and gives back the connection.
    /// - Returns: Whether the transaction had failed, and can succeed if it is run again.
    func end() async -> Bool {
        await withUnsafeContinuation { caller in
            onLoop { lease in
                let isRepeatable = lease.isRepeatable
                guard lease.connection.status != .idle || lease.connection.load > 0 else {
                    lease.release()
                    return caller.resume(returning: isRepeatable)
                }
                lease.rollBack {
                    lease.release()
                    caller.resume(returning: isRepeatable)
                }
            }
        }
    }

    private func onLoop(_ action: @escaping @Sendable (Lease) -> Void) {
        if eventLoop.inEventLoop { action(value) } else { eventLoop.execute { action(value) } }
    }
}
