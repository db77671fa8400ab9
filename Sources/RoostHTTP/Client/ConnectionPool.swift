import NIOCore
import NIOPosix
import Roost
import Synchronization

/// Keeps connections by address, a limited number for each, and lends each to one request at a time.
final class ConnectionPool: Sendable {
    private let configuration: PooledHTTPClient.Configuration
    private let group: MultiThreadedEventLoopGroup
    private let state: Mutex<PoolState>
    private let sweeper = Mutex<RepeatedTask?>(nil)

    init(_ configuration: PooledHTTPClient.Configuration, group: MultiThreadedEventLoopGroup) {
        self.configuration = configuration
        self.group = group
        state = Mutex(PoolState(connections: configuration.connections, waiters: configuration.waiters))
        let delay = TimeAmount(configuration.idleTimeout / 2)
        let task = group.next().scheduleRepeatedTask(initialDelay: delay, delay: delay) { [weak self] _ in self?.sweep() }
        sweeper.withLock { $0 = task }
    }

    deinit { shutdown() }

    /// Lends a connection: a free one, a new one, or the next one that becomes free.
    /// - Parameters:
    ///   - address: The address.
    ///   - instant: The time until which to wait.
    ///   - isFresh: Whether it must be a new connection.
    func lease(_ address: HTTPAddress, by instant: ContinuousClock.Instant, isFresh: Bool) async throws -> PooledConnection {
        let loop = group.any()
        while true {
            let step = state.withLock { $0.take(address, preferring: loop, isFresh: isFresh) }
            switch step {
            case .use(let connection):
                if connection.isOpen { return connection }
                give(connection, isReusable: false)
            case .replace(let connection):
                connection.close()
                return try await open(address, on: loop)
            case .open: return try await open(address, on: loop)
            case .wait(let waiter):
                if let connection = try await wait(waiter, address, by: instant) { return connection }
                return try await open(address, on: loop)
            case .refuse(let reason): throw Self.refusal(reason)
            }
        }
    }

    /// A refusal by this side says nothing about the server.
    private static func refusal(_ reason: String) -> TransportError { TransportError(.notSent, Problem.unavailable(reason)) }

    func shutdown() {
        sweeper.withLock { $0?.cancel() }
        let (idle, waiting) = state.withLock { $0.shutdown() }
        for connection in idle { connection.close() }
        for waiter in waiting { waiter.fulfill(.failure(Self.refusal("The client is shut down."))) }
    }

    /// Waits for a connection.
    /// - Returns: A connection, or `nil` if the caller may open one.
    private func wait(
        _ waiter: PoolState.Waiter, _ address: HTTPAddress, by instant: ContinuousClock.Instant
    ) async throws -> PooledConnection? {
        do {
            return try await waiter.claim(
                by: instant, orThrow: Problem(.gatewayTimeout, "No connection to \(address) became free in time."))
        } catch {
            state.withLock { $0.leave(waiter, address) }
            throw error
        }
    }

    /// Opens a connection outside the pool, which closes after one exchange.
    func openAlone(_ address: HTTPAddress) async throws -> PooledConnection {
        do {
            return try await connect(address, on: group.any()).get()
        } catch {
            throw Problem.unavailable("\(address) cannot be reached.")
        }
    }

    private func connect(
        _ address: HTTPAddress, on loop: any EventLoop,
        _ prepare: @escaping @Sendable (PooledConnection, ClientConnection) -> Void = { _, _ in }
    ) -> EventLoopFuture<PooledConnection> {
        let security = configuration.security, isEndless = configuration.isEndless
        return ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try security?.secure(channel, to: address.host, for: .http1)
                    try channel.pipeline.syncOperations.addHandler(
                        ClientConnection(address: address, loop: channel.eventLoop, isEndless: isEndless))
                }
            }
            .connect(to: address)
            .flatMapThrowing { channel in
                let handler = try channel.pipeline.syncOperations.handler(type: ClientConnection.self)
                let connection = PooledConnection(address, channel, NIOLoopBound(handler, eventLoop: channel.eventLoop))
                prepare(connection, handler)
                return connection
            }
    }

    private func open(_ address: HTTPAddress, on loop: any EventLoop) async throws -> PooledConnection {
        do {
            let connecting = connect(address, on: loop) { [weak self] connection, handler in
                handler.onFree = { isReusable in
                    if let self { self.give(connection, isReusable: isReusable) } else { connection.close() }
                }
                handler.onClose = { self?.forget(connection) ?? true }
            }
            return try await connecting.get()
        } catch {
            freeSlot(address)
            throw Problem.unavailable("\(address) cannot be reached.")
        }
    }

    private func give(_ connection: PooledConnection, isReusable: Bool) {
        guard isReusable else { return freeSlot(connection.address) }
        while true {
            switch state.withLock({ $0.give(connection) }) {
            case .kept: return
            // A waiter that gives up in this moment leaves the connection to the next one.
            case .handed(let waiter): if waiter.fulfill(.success(connection)) { return }
            case .surplus: return connection.close()
            }
        }
    }

    private func freeSlot(_ address: HTTPAddress) {
        while let waiter = state.withLock({ $0.freeSlot(address) }) {
            if waiter.fulfill(.success(nil)) { return }
        }
    }

    /// Removes a connection that has closed.
    /// - Returns: Whether it was not in use.
    private func forget(_ connection: PooledConnection) -> Bool {
        guard state.withLock({ $0.forget(connection) }) else { return false }
        freeSlot(connection.address)
        return true
    }

    private func sweep() {
        let oldest = ContinuousClock.now - configuration.idleTimeout
        let expired = state.withLock { $0.idle(since: oldest) }
        for connection in expired { connection.close() }
    }
}
