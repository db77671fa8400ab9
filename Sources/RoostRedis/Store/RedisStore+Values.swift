import Roost
import RoostStore

extension RedisStore {
    /// Returns the value of a key, or `nil` if there is none or it has expired.
    public func get(_ key: String) async throws -> StoredValue? {
        try StoreLimits.check(key, nil)
        let link = client.link
        if let known = link.cache?.find(key) {
            let now = client.server.now
            if !known.mayHaveExpired(at: now) { return known.value(at: now) }
        }
        return try await fetch(key, by: link)
    }

    /// Returns the value of a key as the server has it now; see `KeyValueStore`.
    public func getLatest(_ key: String) async throws -> StoredValue? {
        try StoreLimits.check(key, nil)
        return try await fetch(key, by: client.link)
    }

    private func fetch(_ key: String, by link: RedisLink) async throws -> StoredValue? {
        var command = RESPCommand("GET", words: 2, capacity: key.utf8.count)
        command.add(key, after: StoredEntry.prefix)
        let mark = link.cache?.mark
        let reply = try await client.read(command, by: link) { Self.keep($0, of: key, in: link, since: mark) }
        return try StoredEntry(reply, of: key)?.value(at: client.server.now)
    }

    /// Returns the values of several keys. They are asked for in parts that are sent together, of which each is read in one go.
    public func get(_ keys: [String]) async throws -> [StoredValue?] {
        guard !keys.isEmpty else { return [] }
        let link = client.link
        var values = [StoredValue?](repeating: nil, count: keys.count), missing: [Int] = []
        for (index, key) in keys.enumerated() {
            try StoreLimits.check(key, nil)
            let now = client.server.now
            guard let known = link.cache?.find(key), !known.mayHaveExpired(at: now) else {
                missing.append(index)
                continue
            }
            values[index] = known.value(at: now)
        }
        for (index, value) in zip(missing, try await fetch(missing.map { keys[$0] }, by: link)) { values[index] = value }
        return values
    }

    /// The most keys that one command asks for, so that even the largest values fit into a reply that is accepted.
    static let keysPerCommand = RESPParser.Limits().bulkBytes / (StoreLimits.valueBytes + StoredEntry.headBytes)
    /// The most commands for one call that wait for replies.
    private static let commandsAtOnce = 16

    private func fetch(_ keys: [String], by link: RedisLink) async throws -> [StoredValue?] {
        guard keys.count > Self.keysPerCommand else { return try await fetch(part: keys, by: link) }
        let starts = Array(stride(from: 0, to: keys.count, by: Self.keysPerCommand))
        return try await withThrowingTaskGroup(of: (Int, [StoredValue?]).self) { group in
            func ask(_ number: Int) {
                let part = Array(keys[starts[number]..<min(starts[number] + Self.keysPerCommand, keys.count)])
                group.addTask { [self] in (number, try await fetch(part: part, by: link)) }
            }
            var parts = [[StoredValue?]](repeating: [], count: starts.count), next = min(Self.commandsAtOnce, starts.count)
            for number in 0..<next { ask(number) }
            while let (number, values) = try await group.next() {
                parts[number] = values
                guard next < starts.count else { continue }
                ask(next)
                next += 1
            }
            return parts.flatMap(\.self)
        }
    }

    private func fetch(part keys: [String], by link: RedisLink) async throws -> [StoredValue?] {
        guard !keys.isEmpty else { return [] }
        let mark = link.cache?.mark
        var command = RESPCommand("MGET", words: keys.count + 1, capacity: keys.reduce(0) { $0 + $1.utf8.count + 16 })
        for key in keys { command.add(key, after: StoredEntry.prefix) }
        let reply = try await client.read(command, by: link) { reply in
            for (key, value) in zip(keys, reply.elements ?? []) { Self.keep(value, of: key, in: link, since: mark) }
        }
        let values = reply.elements ?? [], now = client.server.now
        guard values.count == keys.count else { throw DatabaseError(.engine, "the reply to MGET has \(values.count) values") }
        return try zip(values, keys).map { try StoredEntry($0, of: $1)?.value(at: now) }
    }

    /// Keeps a value that was just read, if it may be. Called on the event loop.
    private static func keep(_ reply: RESPValue, of key: String, in link: RedisLink, since mark: RedisCache.Mark?) {
        guard let cache = link.cache, let mark, cache.isUsed else { return }
        // A value that another program wrote is told to the caller.
        guard let entry = try? Optional(StoredEntry(reply, of: key)) else { return }
        cache.keep(entry, of: key, since: mark)
    }

    /// Sets or removes the value of a key, if the condition holds; see `KeyValueStore`.
    @discardableResult
    public func put(_ key: String, _ bytes: [UInt8]?, ttl: Duration?, if condition: PutCondition) async throws -> StoreVersion? {
        try StoreLimits.check(key, bytes)
        // Whatever becomes of the change, what was known before it does not count any more.
        defer { client.forget(key) }
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
        case .absent: return try await getLatest(key) == nil ? .random() : nil
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
