import NIOCore
import NIOPosix
import Roost
import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension PostgresDriver {
    /// Opens a database, and creates it if it is missing and the role may do so.
    /// - Parameters:
    ///   - url: The URL.
    ///   - key: The setting that the URL comes from, for errors.
    /// - Throws: A `ConfigurationError` if the URL, the role or its password is wrong; a `Problem` with status 503 if the server cannot be
    ///   reached, or is starting.
    static func open(_ url: String, key: String) async throws -> PostgresDriver {
        let configuration = try PostgresConfiguration(url: url, key: key)
        let dialer = try Dialer(configuration)
        do {
            try await prepare(configuration, dialer)
        } catch let failure as HandshakeFailure {
            throw failure.opening(configuration, url: url, key: key)
        }
        return try await make(dialer, replicas: try await replicas(of: configuration))
    }

    /// The driver for reads from replicas, if the configuration lists several servers and chooses the one to write to by its role. If no
    /// replica answers, it reads from the primary.
    private static func replicas(of configuration: PostgresConfiguration) async throws -> PostgresDriver? {
        guard configuration.hosts.count > 1, configuration.target == .primary || configuration.target == .readWrite else { return nil }
        var standby = configuration
        standby.target = .preferStandby
        // The processes of a service use different replicas.
        standby.hosts.shuffle()
        return try await make(try Dialer(standby))
    }

    private static func prepare(_ configuration: PostgresConfiguration, _ dialer: Dialer) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        do {
            try await dialer.connect(on: loop).leave()
        } catch HandshakeFailure.server(let message) where message.code == "3D000" {
            try await create(configuration.database, dialer, missing: message)
            try await dialer.connect(on: loop).leave()
        }
    }

    /// Creates a database. Another process may do so at the same time.
    private static func create(_ database: String, _ dialer: Dialer, missing: ServerMessage) async throws {
        let connection: NIOLoopBound<PostgresConnection>
        do {
            connection = try await dialer.connect(on: MultiThreadedEventLoopGroup.singleton.any(), to: "postgres")
        } catch {
            throw HandshakeFailure.server(missing)
        }
        let name = database.replacingOccurrences(of: "\"", with: "\"\"")
        do {
            try await connection.run(script: "CREATE DATABASE \"\(name)\"", within: .seconds(60))
            await connection.leave()
        } catch {
            await connection.leave()
            let code = error.serverMessage?.code
            guard code == "42P04" || code == "23505" else { throw HandshakeFailure.cannotCreate(database, error.serverMessage?.message) }
        }
    }
}

extension HandshakeFailure {
    /// The error of an attempt to open a database at the start of a program.
    func opening(_ configuration: PostgresConfiguration, url: String, key: String) -> any Error {
        if isTransient, !isUnknownHost {
            var problem = Problem.unavailable("The database \(configuration) is not available: \(self).")
            problem.cause = self
            return problem
        }
        return ConfigurationError(key: key, value: url, allowed: "a database that can be opened (\(self))")
    }
}
