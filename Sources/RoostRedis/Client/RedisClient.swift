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
    init(_ connector: RedisConnector) {
        let server = RedisServerState()
        var links: [ObjectIdentifier: RedisLink] = [:]
        for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
            links[ObjectIdentifier(loop)] = RedisLink(connector, on: loop, cache: RedisCache(), onConnect: server.note)
        }
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        home = links[ObjectIdentifier(loop)] ?? RedisLink(connector, on: loop, cache: RedisCache(), onConnect: server.note)
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

    /// Sends commands that the server runs in one go, and returns their replies.
    /// - Throws: As `send(_:isRepeatable:)` does; the error of the first command that fails.
    func transaction(_ commands: [RESPCommand]) async throws -> [RESPValue] {
        var whole = RESPCommand("MULTI")
        for command in commands { whole.append(command) }
        whole.append(RESPCommand("EXEC"))
        let link = whole.bytes.readableBytes > Self.largeBytes ? large : link
        do throws(RedisError) {
            let replies = try await link.send(whole, replies: commands.count + 2).elements ?? []
            for case .error(let error) in replies { throw RedisError.server(error) }
            return replies
        } catch {
            throw error.problem
        }
    }

    /// Sends a command that only reads by a connection, and returns its reply.
    /// - Parameter inspect: Called with the reply on the event loop, before anything that arrives later is read.
    func read(
        _ command: RESPCommand, by link: RedisLink, inspect: @escaping @Sendable (RESPValue) -> Void
    ) async throws -> RESPValue {
        do throws(RedisError) {
            return try await link.send(command, isRepeatable: true, inspect: inspect)
        } catch {
            throw error.problem
        }
    }

    /// Forgets what is kept of a key in memory.
    func forget(_ key: String) {
        for link in links.values { link.cache?.forget(key) }
    }

    /// Allows values to be kept in memory.
    func cacheValues(_ rule: RedisCache.Rule) {
        for link in links.values {
            link.cache?.add(rule)
            link.withOpen { [deadline = link.deadline] in link.cache?.begin(on: $0, by: deadline) }
        }
    }

    /// Waits for the commands that were sent, and closes the connections. A second call waits for the same.
    func close() async {
        await withTaskGroup(of: Void.self) { group in
            for link in Array(links.values) + [home, large] { group.addTask { await link.close() } }
        }
    }
}
