import Roost
public import RoostStore

/// A store in Redis 6 or later, which all processes that reach the server share.
///
/// Commands of the callers on one event loop share a connection, and go out together. A command whose connection is lost fails with a
/// `Problem` of status 503, unless it only reads; the store connects again by itself. A change that fails in this way may still have taken
/// effect.
///
/// What survives a failure is the server's decision: with `appendfsync everysec`, Redis's default for its log, the changes of the last second
/// can be lost, and without a log, those since the last snapshot. Opening a store logs a warning in these cases.
public final class RedisStore: Store {
    let client: RedisClient
    let channels: RedisChannels

    private init(_ client: RedisClient) {
        self.client = client
        channels = RedisChannels(client)
    }

    /// Connects to a server.
    /// - Parameters:
    ///   - url: The URL of the server: `redis://USER:PASSWORD@HOST:PORT/NUMBER`, `rediss://…` with TLS, or
    ///     `redis+sentinel://HOST:PORT,HOST:PORT/MASTER/NUMBER` with the addresses of sentinels. `?timeout=SECONDS` limits how long a command may
    ///     take (5 seconds by default), and `?ca=PATH` names a file with the trusted root certificates.
    ///   - key: The setting that the URL comes from, for errors.
    /// - Throws: A `ConfigurationError` if the URL is invalid, the server cannot be reached, or it refuses the password.
    public static func open(_ url: String, key: String = "STORE_URL") async throws -> RedisStore {
        let given = ResourceURL(url, key: key)
        guard let url = RedisURL(url) else { throw given.error(RedisURL.allowed) }
        let client = RedisClient(try RedisConnector(url))
        do {
            try await client.open()
        } catch let error as RedisError {
            await client.close()
            if case .unreachable = error { throw given.error(Self.demand(error), code: .unreachable) }
            throw given.error(Self.demand(error))
        }
        await Durability(of: client).warn()
        return RedisStore(client)
    }

    /// What the URL of a server must be that could not be used.
    private static func demand(_ error: RedisError) -> String {
        switch error {
        case .unreachable(let reason): "a Redis server that can be reached (\(reason))"
        case .refused(let reason): "a Redis server that accepts the user and the password (\(reason))"
        case .unusable(let reason): "a Redis server that can be used (\(reason))"
        case .server(let error): "a Redis server that can be used (\(error.text))"
        }
    }

    /// Allows values to be kept in memory; see `Store`. Each event loop keeps at most 10,000 values of together 8 MiB.
    public func cacheValues(prefix: String, for lifetime: Duration) async {
        client.cacheValues(RedisCache.Rule(prefix: prefix, lifetime: lifetime))
    }

    /// Waits for the operations in progress, ends the subscriptions, and closes the connections.
    public func close() async {
        await channels.close()
        await client.close()
    }
}
