import NIOCore
import NIOPosix
import Roost

/// The connections to a server: one for each event loop, so that a caller on a loop never changes threads, and one for large values.
final class RedisClient: Sendable {
    /// The size of a command from which on it does not share a connection with small ones, in bytes.
    static let largeBytes = 64 << 10

    let url: RedisURL
    let connector: RedisConnector
    let server: RedisServerState
    /// The connection for callers that are on no event loop.
    let home: RedisLink
    private let large: RedisLink
    private let links: [ObjectIdentifier: RedisLink]

    /// Creates the connections, of which none is open yet.
    /// - Parameter hooks: What else happens with the connections for small commands, given the number of the connection.
    init(_ connector: RedisConnector, hooks: (Int) -> RedisLinkHooks = { _ in RedisLinkHooks() }) {
        let server = RedisServerState()
        var links: [ObjectIdentifier: RedisLink] = [:]
        for (number, loop) in MultiThreadedEventLoopGroup.singleton.makeIterator().enumerated() {
            links[ObjectIdentifier(loop)] = RedisLink(connector, on: loop, hooks: hooks(number), onConnect: server.note)
        }
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        home = links[ObjectIdentifier(loop)] ?? RedisLink(connector, on: loop, onConnect: server.note)
        large = RedisLink(connector, on: loop, onConnect: server.note)
        self.links = links
        self.server = server
        self.connector = connector
        url = connector.url
    }

    /// Opens the first connection.
    /// - Throws: A `RedisError`.
    func open() async throws {
        let connection = try await connector.connect(on: home.loop)
        server.note(.success(connection))
        home.adopt(connection)
    }

    /// The connection for the current task.
    var link: RedisLink {
        guard let loop = MultiThreadedEventLoopGroup.currentEventLoop else { return home }
        return links[ObjectIdentifier(loop)] ?? home
    }

    /// Sends a command, and returns its reply.
    /// - Parameter isRepeatable: Whether the command only reads, so that it may be sent again after the connection was lost.
    /// - Throws: A `Problem` with status 503 if the server cannot be reached or is not ready; a `DatabaseError` for its other errors.
    func send(_ command: RESPCommand, isRepeatable: Bool = false) async throws -> RESPValue {
        do throws(RedisError) {
            return try await attempt(command, isRepeatable: isRepeatable)
        } catch {
            throw error.problem
        }
    }

    /// Sends a command, and returns its reply. The error tells what the server said.
    func attempt(_ command: RESPCommand, isRepeatable: Bool = false) async throws(RedisError) -> RESPValue {
        let link = command.bytes.readableBytes > Self.largeBytes ? large : link
        return try await link.send(command, isRepeatable: isRepeatable)
    }

    /// Waits for the commands that were sent, and closes the connections.
    func close() async {
        for link in Array(links.values) + [home, large] {
            let ended = link.loop.makePromise(of: Void.self)
            link.close(ended)
            try? await ended.futureResult.get()
        }
    }
}
