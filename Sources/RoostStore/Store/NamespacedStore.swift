/// The part of a store whose keys begin with a name space. Entries of one name space are not visible in others.
public struct NamespacedStore: Store {
    private let store: any Store
    private let prefix: String

    /// Creates the name space of a service, which `ServiceHost.store` is. Its keys begin with the service's name and a colon, and the limits
    /// of keys include that prefix.
    /// - Parameters:
    ///   - store: The store.
    ///   - service: The name of the service. Colons, slashes and percent signs in it are percent-encoded, so that no name is the beginning of
    ///     another name space.
    public init(_ store: any Store, service: String) { self.init(store, prefix: Self.encoded(service) + ":") }

    /// Creates a name space that services share, which `ServiceHost.sharedStore(_:)` is. Its keys begin with `shared/`, the name and a colon.
    /// - Parameters:
    ///   - store: The store.
    ///   - name: The name of the name space, which is encoded as that of a service is.
    public init(_ store: any Store, shared name: String) { self.init(store, prefix: "shared/" + Self.encoded(name) + ":") }

    /// Returns a name in which the characters that separate names are percent-encoded (RFC 3986, section 2.1).
    private static func encoded(_ name: String) -> String {
        var bytes: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: ":"): bytes += "%3A".utf8
            case UInt8(ascii: "/"): bytes += "%2F".utf8
            case UInt8(ascii: "%"): bytes += "%25".utf8
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private init(_ store: any Store, prefix: String) {
        self.store = store
        self.prefix = prefix
    }

    private func key(_ key: String) throws -> String {
        try StoreLimits.check(key, nil)
        return prefix + key
    }

    /// Allows values to be kept in memory; see `Store`.
    public func cacheValues(prefix: String, for lifetime: Duration) async {
        await store.cacheValues(prefix: self.prefix + prefix, for: lifetime)
    }

    /// Does nothing: whoever opened the store closes it.
    public func close() async {}
}

extension NamespacedStore {
    /// Returns the value of a key; see `KeyValueStore`.
    public func get(_ key: String) async throws -> StoredValue? { try await store.get(self.key(key)) }

    /// Returns the value of a key as the store has it now; see `KeyValueStore`.
    public func getLatest(_ key: String) async throws -> StoredValue? { try await store.getLatest(self.key(key)) }

    /// Returns the values of several keys; see `KeyValueStore`.
    public func get(_ keys: [String]) async throws -> [StoredValue?] { try await store.get(keys.map(key)) }

    /// Sets or removes the value of a key; see `KeyValueStore`.
    @discardableResult
    public func put(_ key: String, _ bytes: [UInt8]?, ttl: Duration?, if condition: PutCondition) async throws -> StoreVersion? {
        try await store.put(self.key(key), bytes, ttl: ttl, if: condition)
    }
}

extension NamespacedStore {
    /// Adds to a counter; see `CounterStore`.
    @discardableResult
    public func add(_ amount: Int, toCounter name: String, ttl: Duration?) async throws -> Int {
        try await store.add(amount, toCounter: key(name), ttl: ttl)
    }

    /// Returns the value of a counter; see `CounterStore`.
    public func count(_ name: String) async throws -> Int { try await store.count(key(name)) }

    /// Removes a counter; see `CounterStore`.
    public func removeCounter(_ name: String) async throws { try await store.removeCounter(key(name)) }
}

extension NamespacedStore {
    /// Adds members to a sorted set; see `SortedSetStore`.
    public func add(_ members: [ScoredMember], toSet name: String, keeping limit: Int) async throws {
        try await store.add(members, toSet: key(name), keeping: limit)
    }

    /// Returns members of a sorted set; see `SortedSetStore`.
    public func members(ofSet name: String, ranks: Range<Int>, order: ScoreOrder) async throws -> [ScoredMember] {
        try await store.members(ofSet: key(name), ranks: ranks, order: order)
    }

    /// Returns the rank of a member; see `SortedSetStore`.
    public func rank(of member: String, inSet name: String, order: ScoreOrder) async throws -> Int? {
        try await store.rank(of: member, inSet: key(name), order: order)
    }

    /// Removes members from a sorted set; see `SortedSetStore`.
    public func remove(_ members: [String], fromSet name: String) async throws {
        try await store.remove(members, fromSet: key(name))
    }
}

extension NamespacedStore {
    /// Acquires a lock; see `LockStore`.
    public func acquire(_ name: String, ttl: Duration) async throws -> StoreLock? {
        try await store.acquire(key(name), ttl: ttl).map { StoreLock(name: name, token: $0.token) }
    }

    /// Extends the time for which a lock is held; see `LockStore`.
    public func renew(_ lock: StoreLock, ttl: Duration) async throws -> Bool {
        try await store.renew(StoreLock(name: key(lock.name), token: lock.token), ttl: ttl)
    }

    /// Releases a lock; see `LockStore`.
    @discardableResult
    public func release(_ lock: StoreLock) async throws -> Bool {
        try await store.release(StoreLock(name: key(lock.name), token: lock.token))
    }
}

extension NamespacedStore {
    /// Sends a message; see `ChannelStore`.
    public func publish(_ message: [UInt8], to channel: String) async throws { try await store.publish(message, to: key(channel)) }

    /// Receives messages; see `ChannelStore`.
    public func subscribe(to channel: String) async throws -> ChannelSubscription { try await store.subscribe(to: key(channel)) }
}
