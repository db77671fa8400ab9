import NIOCore
import Roost
import RoostConnector

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Opens connections that are ready for commands: to the server itself, or to the one that the sentinels name.
struct RedisConnector: Sendable {
    let url: RedisURL
    private let connector: ServerConnector
    /// How long the server may take to answer a command of the handshake.
    private static let timeout = Duration.seconds(5)

    /// - Throws: A `ConfigurationError` if the trusted root certificates cannot be used.
    init(_ url: RedisURL) throws(ConfigurationError) {
        self.url = url
        connector = try ServerConnector(isSecured: url.isSecured, trustRoots: url.trustRoots, for: "the store")
    }

    /// Opens a connection.
    /// - Parameter loop: The event loop of the connection.
    /// - Throws: A `RedisError`.
    func connect(on loop: any EventLoop) async throws -> RedisConnection {
        guard let master = url.master else { return try await connect(to: url.addresses[0], on: loop) }
        var failure = RedisError.unreachable("no sentinel answered")
        for sentinel in url.addresses {
            do {
                let address = try await self.address(of: master, from: sentinel, on: loop)
                let connection = try await connect(to: address, on: loop)
                do {
                    // Right after a failover, a sentinel may still name the server that was replaced.
                    guard try await isMaster(connection) else { throw RedisError.unreachable("\(address) is not the master") }
                    return connection
                } catch {
                    connection.close("the server cannot be used as the master")
                    throw error
                }
            } catch let error as RedisError {
                failure = error
            }
        }
        throw failure
    }

    private func isMaster(_ connection: RedisConnection) async throws -> Bool {
        do {
            return try await connection.send(RESPCommand("ROLE"), within: Self.timeout).elements?.first?.text == "master"
        } catch RedisError.server(let error) {
            throw Self.refusal(error)
        }
    }

    private func address(of master: String, from sentinel: ServerAddress, on loop: any EventLoop) async throws -> ServerAddress {
        let connection = try await open(sentinel, on: loop)
        defer { connection.close("the sentinel has answered") }
        let reply = try await connection.send(RESPCommand("SENTINEL", "GET-MASTER-ADDR-BY-NAME", master), within: Self.timeout)
        guard let host = reply.elements?.first?.text, let port = reply.elements?.last?.integer, (1...65535).contains(port) else {
            throw RedisError.unreachable("the sentinel \(sentinel) knows no master \(master)")
        }
        return ServerAddress(host: host, port: Int(port))
    }

    private func connect(to address: ServerAddress, on loop: any EventLoop) async throws -> RedisConnection {
        var connection = try await open(address, on: loop)
        do {
            try await shakeHands(&connection)
            return connection
        } catch {
            connection.close("the handshake failed")
            throw error
        }
    }

    private func open(_ address: ServerAddress, on loop: any EventLoop) async throws -> RedisConnection {
        do {
            let handler = try await connector.connect(to: address, on: loop) { [isSecured = connector.isSecured] loop, ready in
                RedisChannelHandler(loop: loop, isSecured: isSecured, ready: ready)
            }
            return RedisConnection(loop: loop, handler: handler)
        } catch let error as RedisError {
            throw error
        } catch {
            throw RedisError.unreachable((error as? ServerConnector.Failure)?.reason ?? "\(error)")
        }
    }
}

extension RedisConnector {
    /// Signs in, selects the database, and asks for the time of the server.
    private func shakeHands(_ connection: inout RedisConnection) async throws {
        do {
            try await signIn(connection)
            if url.database != 0 {
                _ = try await connection.send(RESPCommand("SELECT", String(url.database)), within: Self.timeout)
            }
            connection.clock = try await clock(connection)
        } catch RedisError.server(let error) {
            throw Self.refusal(error)
        }
    }

    private func signIn(_ connection: RedisConnection) async throws {
        var hello = RESPCommand("HELLO", words: url.password == nil ? 2 : 5)
        hello.add("3")
        if let password = url.password {
            hello.add("AUTH")
            hello.add(url.user ?? "default")
            hello.add(password)
        }
        let server = try await connection.send(hello, within: Self.timeout)
        // A node of a cluster refuses the keys of others, and commands with several keys.
        guard server["mode"]?.text != "cluster" else { throw RedisError.unusable(RedisError.cluster) }
    }

    private func clock(_ connection: RedisConnection) async throws -> RedisClock {
        do {
            let time = try await connection.send(RESPCommand("TIME"), within: Self.timeout)
            // The years to 9999, so that no sum of times overflows.
            guard let seconds = time.elements?.first?.integer, let micros = time.elements?.last?.integer,
                (0..<253_402_300_800).contains(seconds), (0..<1_000_000).contains(micros)
            else { throw RedisError.unusable("the reply to TIME is not a time") }
            return RedisClock(.seconds(seconds) + .microseconds(micros))
        } catch RedisError.server(let error) where error.kind == "NOPERM" {
            // The clocks of the two machines are then taken to agree.
            return RedisClock(.seconds(Date().timeIntervalSince1970))
        }
    }

    private static func refusal(_ error: RESPError) -> RedisError {
        switch error.kind {
        case "WRONGPASS": .refused("the user or the password is wrong")
        case "NOAUTH": .refused("the server needs a password")
        case "NOPERM": .refused("the user lacks a permission that the store needs: \(error.text)")
        case "NOPROTO": .unusable("the server is too old: Redis 6 or later is needed")
        case "ERR" where error.text.contains("unknown command"): .unusable("the server is too old: Redis 6 or later is needed")
        case "ERR" where error.text.contains("DB index"): .unusable("the server does not have a database with this number")
        default: .server(error)
        }
    }
}
