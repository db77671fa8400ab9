import NIOCore
import NIOPosix
import NIOSSL
import Roost
import RoostData

/// Makes connections to one of the servers of a configuration.
struct Dialer: Sendable {
    let configuration: PostgresConfiguration
    let tls: TLSContexts
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
    /// - Throws: A `HandshakeFailure`: that of the last server; a `CancellationError` if the task is cancelled.
    func connect(on loop: any EventLoop, to database: String? = nil) async throws -> NIOLoopBound<PostgresConnection> {
        var failure = HandshakeFailure.noSuitableServer("listed"), spare: NIOLoopBound<PostgresConnection>?
        do {
            for endpoint in configuration.hosts {
                do {
                    let connection = try await connect(to: endpoint, on: loop, database)
                    if try await hasRole(connection) {
                        if let spare { Self.leave(spare) }
                        return connection
                    }
                    if configuration.target == .preferStandby, spare == nil { spare = connection } else { Self.leave(connection) }
                    failure = .noSuitableServer(configuration.target.rawValue)
                } catch let error as HandshakeFailure {
                    // A wrong password is wrong for all servers.
                    guard error.isTransient || error.isTLS || spare != nil else { throw error }
                    failure = error
                }
            }
            try Task.checkCancellation()
        } catch {
            if let spare { Self.leave(spare) }
            throw error
        }
        guard let spare else { throw failure }
        return spare
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
        try Task.checkCancellation()
        var credentials = configuration.credentials(for: endpoint, tls: mode)
        if let database { credentials = credentials.with(database: database) }
        let made = credentials, timeout = TimeAmount(configuration.connectTimeout)
        let addTLS: (@Sendable () throws -> NIOSSLClientHandler)? =
            usesTLS ? { @Sendable in try self.tls.handler(for: mode, endpoint.host) } : nil
        // A host may have several addresses, each of which is tried with a channel of its own. A server that refuses the connection may have
        // closed it by the time that its channel is known to be connected.
        let attempts = NIOLoopBoundBox.makeBoxSendingValue(
            [ObjectIdentifier: EventLoopFuture<NIOLoopBound<PostgresConnection>>](), eventLoop: loop)
        let channel = endpoint.connect(ClientBootstrap(group: loop).connectTimeout(timeout)) { channel in
            let connection = PostgresConnection(
                channel, endpoint: endpoint, usesUnnamedStatements: configuration.pooler == .transaction,
                statementCapacity: Self.statementCapacity)
            attempts.value[ObjectIdentifier(channel)] = try ConnectionHandler.add(connection, made, addTLS: addTLS)
        }
        let outcome = loop.makePromise(of: NIOLoopBound<PostgresConnection>.self)
        channel.flatMap { channel in
            attempts.value[ObjectIdentifier(channel)] ?? loop.makeFailedFuture(HandshakeFailure.network(ChannelError.eof))
        }.cascade(to: outcome)
        let clock = loop.scheduleTask(in: timeout) { outcome.fail(HandshakeFailure.timeout) }
        defer { clock.cancel() }
        do {
            return try await withTaskCancellationHandler {
                try await outcome.futureResult.get()
            } onCancel: {
                outcome.fail(CancellationError())
            }
        } catch {
            channel.whenSuccess { $0.close(promise: nil) }
            throw HandshakeFailure.connecting(error)
        }
    }

    private static func leave(_ connection: NIOLoopBound<PostgresConnection>) {
        connection.eventLoop.execute { connection.value.terminate {} }
    }
}

extension Dialer {
    /// Returns whether a server has the wanted role. If it does not say so in time, the connection is closed.
    /// - Throws: A `HandshakeFailure`, after which another server may be tried.
    private func hasRole(_ connection: NIOLoopBound<PostgresConnection>) async throws -> Bool {
        do {
            switch configuration.target {
            case .any: return true
            case .primary: return try await !isStandby(connection)
            case .standby, .preferStandby: return try await isStandby(connection)
            case .readWrite: return try await !isReadOnly(connection)
            case .readOnly: return try await isReadOnly(connection)
            }
        } catch {
            connection.eventLoop.execute { connection.value.close() }
            throw HandshakeFailure.connecting(error)
        }
    }

    private func isStandby(_ connection: NIOLoopBound<PostgresConnection>) async throws -> Bool {
        let known = try await connection.eventLoop.submit { connection.value.session.isStandby }.get()
        if let known { return known }
        return try await ask("SELECT pg_is_in_recovery()", connection) { try $0.next(Bool.self) } ?? false
    }

    private func isReadOnly(_ connection: NIOLoopBound<PostgresConnection>) async throws -> Bool {
        let known = try await connection.eventLoop.submit { connection.value.session.isReadOnly }.get()
        if let known { return known }
        return try await ask("SELECT current_setting('transaction_read_only')", connection) { try $0.next(String.self) } == "on"
    }

    private func ask<Value: Sendable>(
        _ question: String, _ connection: NIOLoopBound<PostgresConnection>, _ decode: @escaping RowDecoder<Value>
    ) async throws -> Value? {
        try await connection.first(Statement(question), within: configuration.connectTimeout, decode)
    }
}

extension Credentials {
    fileprivate func with(database: String) -> Credentials {
        Credentials(
            user: user, password: password, database: database, tls: tls, channelBinding: channelBinding, methods: methods,
            settings: settings)
    }
}

extension HandshakeFailure {
    /// Whether it concerns TLS, which another server may have.
    var isTLS: Bool { if case .noTLS = self { true } else { false } }

    /// The error of an attempt to connect: a `HandshakeFailure`, unless the task was cancelled.
    fileprivate static func connecting(_ error: any Error) -> any Error {
        switch error {
        case is HandshakeFailure, is CancellationError: error
        case ChannelError.connectTimeout: HandshakeFailure.timeout
        default: HandshakeFailure.network(error)
        }
    }
}
