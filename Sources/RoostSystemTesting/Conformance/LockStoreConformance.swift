import Roost
import RoostStore
import Synchronization

/// The requirements that every store must meet for its locks.
public enum LockStoreConformance {
    /// The requirements, each independent of the others.
    public static let cases: [ConformanceCase<any LockStore>] = [
        .init("gives a lock to one at a time", excludes),
        .init("gives each lock a higher token", raisesTokens),
        .init("lets locks expire", expires),
        .init("renews and releases a lock only for its holder", protects),
        .init("runs work while holding a lock", holds),
        .init("cancels work that has lost its lock", cancels),
        .init("enforces the limits", limits),
    ]

    private static func excludes(_ store: any LockStore) async throws {
        let locks = try await withThrowingTaskGroup(of: StoreLock?.self) { group in
            for _ in 0..<8 { group.addTask { try await store.acquire("lock", ttl: .seconds(60)) } }
            return try await group.reduce(into: []) { $0.append($1) }.compactMap(\.self)
        }
        try require(locks.count == 1 && locks[0].name == "lock", "one of several gets the lock")
        try require(try await store.acquire("other", ttl: .seconds(60)) != nil, "locks are independent")
        try require(try await store.release(locks[0]), "the lock was held")
        try require(try await store.acquire("lock", ttl: .seconds(60)) != nil, "a released lock can be acquired")
    }

    private static func raisesTokens(_ store: any LockStore) async throws {
        var last: Int64?
        for number in 0..<5 {
            guard let lock = try await store.acquire("lock", ttl: .milliseconds(number == 2 ? 1 : 60_000)) else {
                return try require(false, "a free lock can be acquired")
            }
            try require(last.map { $0 < lock.token } ?? true, "each token is higher than the one before")
            last = lock.token
            if number == 2 {
                while try await store.renew(lock, ttl: .milliseconds(1)) { try await Task.sleep(for: .milliseconds(2)) }
            } else {
                try await store.release(lock)
            }
        }
    }

    private static func expires(_ store: any LockStore) async throws {
        guard let lock = try await store.acquire("lock", ttl: .milliseconds(20)) else {
            return try require(false, "a free lock can be acquired")
        }
        var next: StoreLock?
        while next == nil {
            try await Task.sleep(for: .milliseconds(5))
            next = try await store.acquire("lock", ttl: .seconds(60))
        }
        try require(try await !store.renew(lock, ttl: .seconds(60)), "an expired lock cannot be renewed")
        try require(try await !store.release(lock), "an expired lock is not released")
        try require(try await store.acquire("lock", ttl: .seconds(60)) == nil, "the next holder keeps the lock")
    }

    private static func protects(_ store: any LockStore) async throws {
        guard let lock = try await store.acquire("lock", ttl: .seconds(60)) else {
            return try require(false, "a free lock can be acquired")
        }
        let other = StoreLock(name: "lock", token: lock.token + 1)
        try require(try await !store.renew(other, ttl: .seconds(60)), "another token does not renew the lock")
        try require(try await !store.release(other), "another token does not release the lock")
        try require(try await store.renew(lock, ttl: .seconds(60)), "the holder renews the lock")
        try require(try await store.release(lock), "the holder releases the lock")
        try require(try await !store.release(lock), "a lock is released once")
        try require(try await !store.renew(lock, ttl: .seconds(60)), "a released lock cannot be renewed")
    }

    private static func holds(_ store: any LockStore) async throws {
        let inside = Inside()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try await store.withLock("lock") { lock in
                        inside.enter(with: lock.token)
                        await Task.yield()
                        inside.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        let (most, tokens) = inside.result
        try require(most == 1 && tokens.count == 4 && tokens == tokens.sorted(), "the work of one follows that of another")
        do {
            try await store.withLock("lock") { _ in throw CancellationError() }
            try require(false, "the error of the work is thrown")
        } catch is CancellationError {}
        let lock = try await store.acquire("lock", ttl: .seconds(60))
        try require(lock != nil, "the lock is released after work that failed")
        do {
            try await store.withLock("lock", by: .now) { _ in }
            try require(false, "a lock that is held is waited for until the deadline")
        } catch let problem as Problem {
            try require(problem.status == .unavailable, "the problem's status is 503")
        }
    }

    private static func cancels(_ store: any LockStore) async throws {
        do {
            try await store.withLock("lock", ttl: .seconds(3)) { lock in
                try await store.release(lock)
                try await Task.sleep(for: .seconds(600))
            }
            try require(false, "the work is cancelled")
        } catch is CancellationError {}
    }

    private static func limits(_ store: any LockStore) async throws {
        for name in ["", "a\0b", String(repeating: "k", count: StoreLimits.keyBytes + 1)] {
            try await refuses(.key, "an invalid name is refused") { _ = try await store.acquire(name, ttl: .seconds(1)) }
        }
    }
}

/// The tasks that believe to hold a lock.
private final class Inside: Sendable {
    private let state = Mutex((now: 0, most: 0, tokens: [Int64]()))

    /// The largest number of tasks at the same time, and the tokens in the order of their use.
    var result: (most: Int, tokens: [Int64]) { state.withLock { ($0.most, $0.tokens) } }

    func enter(with token: Int64) { state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.tokens + [token]) } }

    func leave() { state.withLock { $0.now -= 1 } }
}
