import Roost
public import RoostStore

/// A key-value store in Redis 6 or later, which all processes that reach the server share.
///
/// Commands of the callers on one event loop share a connection, and go out together. A command whose connection is lost fails with a
/// `Problem` of status 503, unless it only reads; the store connects again by itself. A change that fails in this way may still have taken
/// effect.
///
/// What survives a failure is the server's decision: with `appendfsync everysec`, Redis's default for its log, the changes of the last second
/// can be lost, and without a log, those since the last snapshot. Opening a store logs a warning in these cases.
public final class RedisStore: KeyValueStore {
    let client: RedisClient

    private init(_ client: RedisClient) { self.client = client }

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

    /// Returns the value of a key, or `nil` if there is none or it has expired.
    public func get(_ key: String) async throws -> StoredValue? {
        try StoreLimits.check(key, nil)
        var command = RESPCommand("GET", words: 2, capacity: key.utf8.count)
        command.add(key, after: StoredEntry.prefix)
        return try StoredEntry(try await client.send(command, isRepeatable: true), of: key)?.value(at: client.server.now)
    }

    /// Returns the values of several keys, all by one command.
    public func get(_ keys: [String]) async throws -> [StoredValue?] {
        guard !keys.isEmpty else { return [] }
        var command = RESPCommand("MGET", words: keys.count + 1, capacity: keys.reduce(0) { $0 + $1.utf8.count + 16 })
        for key in keys {
            try StoreLimits.check(key, nil)
            command.add(key, after: StoredEntry.prefix)
        }
        let values = try await client.send(command, isRepeatable: true).elements ?? []
        guard values.count == keys.count else { throw DatabaseError(.engine, "the reply to MGET has \(values.count) values") }
        let now = client.server.now
        return try zip(values, keys).map { try StoredEntry($0, of: $1)?.value(at: now) }
    }

    /// Sets or removes the value of a key, if the condition holds; see `KeyValueStore`.
    @discardableResult
    public func put(_ key: String, _ bytes: [UInt8]?, ttl: Duration?, if condition: PutCondition) async throws -> StoreVersion? {
        try StoreLimits.check(key, bytes)
        guard let bytes else { return try await remove(key, if: condition) }
        let version = StoreVersion.random()
        let ttl = ttl.map(\.wholeMilliseconds)
        let entry = StoredEntry(version: version, expiry: ttl.map { client.server.now + $0 }, bytes: bytes)
        let isSet =
            switch condition {
            case .always: try await set(key, entry, ttl, ifAbsent: false)
            case .absent: try await set(key, entry, ttl, ifAbsent: true)
            case .version(let old): try await replace(key, old, entry, ttl)
            }
        return isSet ? version : nil
    }

    /// Waits for the operations in progress, then closes the connections.
    public func close() async { await client.close() }

    private func set(_ key: String, _ entry: StoredEntry, _ ttl: Int64?, ifAbsent: Bool) async throws -> Bool {
        let words = 3 + (ttl == nil ? 0 : 2) + (ifAbsent ? 1 : 0)
        var command = RESPCommand("SET", words: words, capacity: key.utf8.count + entry.bytes.count)
        command.add(key, after: StoredEntry.prefix)
        command.add(entry.head, entry.bytes)
        if ifAbsent { command.add("NX") }
        if let ttl {
            command.add("PX")
            command.add(ttl)
        }
        return try await client.send(command) != .null
    }

    private static let replacing = RedisScript(
        """
        if redis.call('GETRANGE', KEYS[1], 0, 7) ~= ARGV[1] then return 0 end
        if ARGV[3] == '' then redis.call('SET', KEYS[1], ARGV[2]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
        return 1
        """)

    private func replace(_ key: String, _ old: StoreVersion, _ entry: StoredEntry, _ ttl: Int64?) async throws -> Bool {
        let reply = try await Self.replacing.run(on: client, keys: 1, words: 4, capacity: key.utf8.count + entry.bytes.count) {
            $0.add(key, after: StoredEntry.prefix)
            $0.add(StoredEntry.bytes(of: old))
            $0.add(entry.head, entry.bytes)
            $0.add(ttl.map { String($0) } ?? "")
        }
        return reply.integer == 1
    }

    private static let removing = RedisScript(
        "if redis.call('GETRANGE', KEYS[1], 0, 7) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0")

    private func remove(_ key: String, if condition: PutCondition) async throws -> StoreVersion? {
        let reply: RESPValue
        switch condition {
        // Removing an absent entry changes nothing; only the condition needs to be checked.
        case .absent: return try await get(key) == nil ? .random() : nil
        case .always:
            var command = RESPCommand("DEL", words: 2)
            command.add(key, after: StoredEntry.prefix)
            _ = try await client.send(command)
            // Removing an absent entry succeeds.
            return .random()
        case .version(let old):
            reply = try await Self.removing.run(on: client, keys: 1, words: 2) {
                $0.add(key, after: StoredEntry.prefix)
                $0.add(StoredEntry.bytes(of: old))
            }
        }
        return reply.integer == 1 ? .random() : nil
    }
}
