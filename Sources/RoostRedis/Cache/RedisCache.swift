import NIOCore
import RoostStore
import Synchronization

/// Values that one connection has read, kept in memory until the server says that they have changed (`CLIENT TRACKING` with `BCAST`,
/// https://redis.io/docs/latest/develop/reference/client-side-caching/).
///
/// The server tells this on the same connection, in order: a value that is read after a change is never replaced by one from before it. All
/// values are dropped when the connection is lost, and each one after its time, since nobody would notice a connection that is dead.
final class RedisCache: Sendable {
    /// The keys whose values may be kept.
    struct Rule: Hashable, Sendable {
        let prefix: String
        let lifetime: Duration
    }

    /// What is known of a key.
    struct Entry: Sendable {
        /// The value, or `nil` if there is none.
        let value: StoredEntry?
        fileprivate let end: ContinuousClock.Instant

        /// Whether the value's time to live may be over at a time of the server's clock. Only the server knows for certain.
        func mayHaveExpired(at now: Int64) -> Bool { value?.expiry.map { $0 <= now } ?? false }

        /// Returns the value at a time of the server's clock.
        func value(at now: Int64) -> StoredValue? { value?.value(at: now) }
    }

    /// The most entries, and bytes of values.
    static let mostEntries = 10_000
    static let mostBytes = 8 << 20
    /// The size of a value from which on it is not kept.
    static let largeBytes = 64 << 10

    /// A point in the history of the process's own changes.
    struct Mark: Sendable {
        fileprivate let changes: Int
    }

    fileprivate struct State {
        var rules: [Rule] = []
        /// Whether the server tells of changes.
        var isTold = false
        /// The number of requests to be told, so that the answer to an earlier one does not count.
        var requests = 0
        /// The number of this process's own changes of values that may be kept.
        var changes = 0
        var entries: [RedisKey: Entry] = [:]
        /// The keys in the order in which they came; some of them may be gone.
        var order = CircularBuffer<RedisKey>()
        var bytes = 0
    }

    private static let prefix = StoredEntry.prefix.withUTF8Buffer { Array($0) }

    private let state = Mutex(State())
    private let hasRules = Atomic(false)

    /// Whether the values of any keys may be kept.
    var isUsed: Bool { hasRules.load(ordering: .acquiring) }

    /// Adds a rule. It takes effect when the server tells of changes.
    func add(_ rule: Rule) {
        state.withLock { state in
            if !state.rules.contains(rule) { state.rules.append(rule) }
        }
        hasRules.store(true, ordering: .releasing)
    }

    /// Asks the server to tell of changes, on a new connection or after a rule was added. Called on the event loop.
    func begin(on handler: RedisChannelHandler, by deadline: NIODeadline) {
        let (rules, request) = state.withLock { state in
            state.clear()
            state.requests += 1
            return (state.rules, state.requests)
        }
        guard !rules.isEmpty else { return }
        let prefixes = Self.cover(rules.map(\.prefix))
        var command = RESPCommand("CLIENT", "TRACKING", "OFF")
        var on = RESPCommand("CLIENT", words: 4 + 2 * prefixes.count)
        for word in ["TRACKING", "ON", "BCAST"] { on.add(word) }
        for prefix in prefixes {
            on.add("PREFIX")
            on.add(prefix, after: StoredEntry.prefix)
        }
        command.append(on)
        var tracking = RedisRequest(bytes: command.bytes, deadline: deadline) { result in
            guard case .success = result else { return }
            self.state.withLock { state in
                if state.requests == request { state.isTold = true }
            }
        }
        tracking.replies = 2
        handler.send(tracking)
    }

    /// Returns what is known of a key, or `nil` if the server must be asked.
    func find(_ key: String) -> Entry? {
        guard isUsed else { return nil }
        let entry = state.withLock { $0.entries[RedisKey(key)] }
        guard let entry, entry.end > .now else { return nil }
        return entry
    }

    /// The point in time at which a value is asked for, or `nil` if no values may be kept.
    var mark: Mark? { isUsed ? state.withLock { Mark(changes: $0.changes) } : nil }

    /// Keeps the value of a key, which has just been read on this connection. Called on the event loop, in the order of the replies.
    ///
    /// If this process has changed a value since the question was sent, perhaps by another connection, the reply may be older than the
    /// change and is not kept.
    func keep(_ value: StoredEntry?, of key: String, since mark: Mark) {
        state.withLock { state in
            guard state.isTold, state.changes == mark.changes, let lifetime = state.lifetime(of: key),
                value.map({ $0.bytes.count < Self.largeBytes }) ?? true
            else {
                return
            }
            state.set(RedisKey(key), Entry(value: value, end: .now + lifetime))
        }
    }

    /// Forgets a key, which this process has changed.
    func forget(_ key: String) {
        guard isUsed else { return }
        state.withLock { state in
            if state.lifetime(of: key) != nil { state.changes += 1 }
            state.remove(RedisKey(key))
        }
    }

    /// Receives what the server tells. Called on the event loop.
    func receive(_ push: [RESPValue]) {
        guard push.first?.text == "invalidate" else { return }
        state.withLock { state in
            guard let keys = push.last?.elements else { return state.drop() }
            for key in keys {
                guard let text = key.text, text.utf8.starts(with: Self.prefix) else { continue }
                // By bytes: the colon can be the beginning of a longer character.
                state.remove(RedisKey(String(decoding: text.utf8.dropFirst(Self.prefix.count), as: UTF8.self)))
            }
        }
    }

    /// Forgets everything, because the connection was lost.
    func clear() { state.withLock { $0.clear() } }

    /// Returns the prefixes that no other one covers; the server refuses others.
    static func cover(_ prefixes: [String]) -> [String] {
        var kept: [String] = []
        for prefix in prefixes.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            if let last = kept.last, prefix.utf8.starts(with: last.utf8) { continue }
            kept.append(prefix)
        }
        return kept
    }
}

extension RedisCache.State {
    func lifetime(of key: String) -> Duration? {
        rules.lazy.filter { key.utf8.starts(with: $0.prefix.utf8) }.map(\.lifetime).min()
    }

    mutating func set(_ key: RedisKey, _ entry: RedisCache.Entry) {
        if entries[key] == nil { order.append(key) }
        remove(key)
        entries[key] = entry
        bytes += entry.value?.bytes.count ?? 0
        while entries.count > RedisCache.mostEntries || bytes > RedisCache.mostBytes || order.count > 2 * RedisCache.mostEntries {
            guard let oldest = order.popFirst() else { break }
            remove(oldest)
        }
    }

    mutating func remove(_ key: RedisKey) {
        guard let old = entries.removeValue(forKey: key) else { return }
        bytes -= old.value?.bytes.count ?? 0
    }

    mutating func drop() {
        entries.removeAll()
        order.removeAll()
        bytes = 0
    }

    mutating func clear() {
        isTold = false
        drop()
    }
}
