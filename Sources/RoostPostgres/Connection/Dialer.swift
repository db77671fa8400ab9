import NIOCore
import NIOPosix
import NIOSSL
import Roost
import RoostData

/// Makes connections to one of the servers of a configuration.
struct Dialer: Sendable {
    let configuration: PostgresConfiguration
    private let tls: TLSContexts
    /// The number of statements that a connection keeps prepared.
    private static let statementCapacity = 256

    /// - Throws: A `ConfigurationError` if a certificate cannot be used.
    init(_ configuration: PostgresConfiguration) throws {
        self.configuration = configuration
        tls = try TLSContexts(configuration)
    }

    /// Connects to the first server that answers and has the wanted role.
    /// - Parameters:
    ///   - loop: The event loop of the connection.
    ///   - database: The database, if it is not the configured one.
    /// - Throws: A `HandshakeFailure`: that of the last server.
    func connect(on loop: any EventLoop, to database: String? = nil) async throws -> NIOLoopBound<PostgresConnection> {
        var failure = HandshakeFailure.noSuitableServer("listed")
        for endpoint in configuration.hosts {
            do {
                let connection = try await connect(to: endpoint, on: loop, database)
                if try await hasRole(configuration.target, connection) { return connection }
                Self.leave(connection)
                failure = .noSuitableServer(configuration.target.rawValue)
            } catch let error as HandshakeFailure {
                // A wrong password is wrong for all servers.
                guard error.isTransient || error.isTLS else { throw error }
                failure = error
            }
        }
        if configuration.target == .preferStandby {
            for endpoint in configuration.hosts {
                if let connection = try? await connect(to: endpoint, on: loop, database) { return connection }
            }
        }
        throw failure
    }

    /// Connects to one server, by the ways that its TLS mode allows.
    private func connect(
        to endpoint: Endpoint, on loop: any EventLoop, _ database: String?
    ) async throws -> NIOLoopBound<PostgresConnection> {
        let mode = configuration.tlsMode(for: endpoint)
        guard mode == .allow else { return try await connect(to: endpoint, on: loop, database, mode, usesTLS: mode != .disable) }
        do {
            return try await connect(to: endpoint, on: loop, database, mode, usesTLS: false)
        } catch let error as HandshakeFailure {
            guard !error.isTransient else { throw error }
            return try await connect(to: endpoint, on: loop, database, .require, usesTLS: true)
        }
    }

    private func connect(
        to endpoint: Endpoint, on loop: any EventLoop, _ database: String?, _ mode: TLSMode, usesTLS: Bool
    ) async throws -> NIOLoopBound<PostgresConnection> {
        var credentials = configuration.credentials(for: endpoint, tls: mode)
        if let database { credentials = credentials.with(database: database) }
        let made = credentials, ready = loop.makePromise(of: Void.self)
        let box = NIOLoopBoundBox<PostgresConnection?>.makeEmptyBox(valueType: PostgresConnection.self, eventLoop: loop)
        let addTLS: (@Sendable () throws -> NIOSSLClientHandler)? =
            usesTLS ? { @Sendable in try self.tls.handler(for: mode, endpoint.host) } : nil
        let timeout = TimeAmount(configuration.connectTimeout)
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(timeout)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = PostgresConnection(
                        channel, endpoint: endpoint, usesUnnamedStatements: configuration.pooler == .transaction,
                        statementCapacity: Self.statementCapacity)
                    box.value = connection
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectionHandler(connection, made, addTLS: addTLS, ready: ready))
                }
            }
        let clock = loop.scheduleTask(in: timeout) { ready.fail(HandshakeFailure.timeout) }
        defer { clock.cancel() }
        var channel: (any Channel)?
        do {
            if let path = endpoint.socketPath {
                channel = try await bootstrap.connect(unixDomainSocketPath: path).get()
            } else {
                channel = try await bootstrap.connect(host: endpoint.host, port: endpoint.port).get()
            }
            try await ready.futureResult.get()
        } catch {
            ready.fail(error)
            channel?.close(promise: nil)
            throw error as? HandshakeFailure ?? HandshakeFailure.network(error)
        }
        return try await loop.submit {
            guard let connection = box.value, connection.isOpen else { throw HandshakeFailure.network(ChannelError.eof) }
            return NIOLoopBound(connection, eventLoop: loop)
        }.get()
    }

    private static func leave(_ connection: NIOLoopBound<PostgresConnection>) {
        connection.eventLoop.execute { connection.value.terminate {} }
    }
}

extension Dialer {
    /// Returns whether a server has a role.
    private func hasRole(_ target: PostgresConfiguration.Target, _ connection: NIOLoopBound<PostgresConnection>) async throws -> Bool {
        switch target {
        case .any: return true
        case .primary: return try await !isStandby(connection)
        case .standby, .preferStandby: return try await isStandby(connection)
        case .readWrite: return try await !isReadOnly(connection)
        case .readOnly: return try await isReadOnly(connection)
        }
    }

    private func isStandby(_ connection: NIOLoopBound<PostgresConnection>) async throws -> Bool {
        let known = try await connection.eventLoop.submit { connection.value.session.isStandby }.get()
        if let known { return known }
        return try await connection.first(Statement("SELECT pg_is_in_recovery()")) { try $0.next(Bool.self) } ?? false
    }

    private func isReadOnly(_ connection: NIOLoopBound<PostgresConnection>) async throws -> Bool {
        let known = try await connection.eventLoop.submit { connection.value.session.isReadOnly }.get()
        if let known { return known }
        return try await connection.first(Statement("SELECT current_setting('transaction_read_only')")) { try $0.next(String.self) } == "on"
    }

    /// Asks a server to stop what a connection runs. It does not say whether it did.
    func cancel(_ key: BackendKey, at endpoint: Endpoint, on loop: any EventLoop) async {
        let mode = configuration.tlsMode(for: endpoint)
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(.seconds(2)).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let handler = CancelHandler(
                    key, addTLS: mode == .disable || mode == .allow ? nil : { try tls.handler(for: mode, endpoint.host) },
                    requiresTLS: mode.isRequired)
                try channel.pipeline.syncOperations.addHandler(handler)
            }
        }
        let channel: any Channel
        do {
            if let path = endpoint.socketPath {
                channel = try await bootstrap.connect(unixDomainSocketPath: path).get()
            } else {
                channel = try await bootstrap.connect(host: endpoint.host, port: endpoint.port).get()
            }
        } catch {
            return
        }
        // The server closes the connection when it has passed on the request.
        let clock = loop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) }
        try? await channel.closeFuture.get()
        clock.cancel()
    }
}

extension Credentials {
    fileprivate func with(database: String) -> Credentials {
        Credentials(user: user, password: password, database: database, tls: tls, channelBinding: channelBinding, settings: settings)
    }
}

extension HandshakeFailure {
    /// Whether it concerns TLS, which another server may have.
    var isTLS: Bool { if case .noTLS = self { true } else { false } }
}
