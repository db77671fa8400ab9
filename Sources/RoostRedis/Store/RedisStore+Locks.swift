import Roost
import RoostStore

extension RedisStore {
    /// What the keys of locks begin with in Redis.
    private static let locks: StaticString = "l:"
    /// The key of the number that becomes the token of the next lock.
    private static let tokens = "roost:lock-tokens"

    private static let acquiring = RedisScript(
        """
        if redis.call('EXISTS', KEYS[1]) == 1 then return false end
        local token = redis.call('INCR', KEYS[2])
        redis.call('SET', KEYS[1], token, 'PX', ARGV[1])
        return token
        """)
    private static let renewing = RedisScript(
        "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0")
    private static let releasing = RedisScript(
        "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0")

    /// Acquires a lock; see `LockStore`. A server that loses what it acknowledged can give a token, or a lock, twice.
    public func acquire(_ name: String, ttl: Duration) async throws -> StoreLock? {
        try StoreLimits.check(name, nil)
        let reply = try await Self.acquiring.run(on: client, keys: 2, words: 3) {
            $0.add(name, after: Self.locks)
            $0.add(Self.tokens)
            $0.add(ttl.wholeMilliseconds)
        }
        return reply.integer.map { StoreLock(name: name, token: $0) }
    }

    /// Extends the time for which a lock is held; see `LockStore`.
    public func renew(_ lock: StoreLock, ttl: Duration) async throws -> Bool {
        let reply = try await Self.renewing.run(on: client, keys: 1, words: 3) {
            $0.add(lock.name, after: Self.locks)
            $0.add(lock.token)
            $0.add(ttl.wholeMilliseconds)
        }
        return reply.integer == 1
    }

    /// Releases a lock; see `LockStore`.
    @discardableResult
    public func release(_ lock: StoreLock) async throws -> Bool {
        let reply = try await Self.releasing.run(on: client, keys: 1, words: 2) {
            $0.add(lock.name, after: Self.locks)
            $0.add(lock.token)
        }
        return reply.integer == 1
    }
}
