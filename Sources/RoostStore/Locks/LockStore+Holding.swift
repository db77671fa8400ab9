import Roost
import Synchronization

extension LockStore {
    /// Runs work while holding a lock, which is renewed as long as the work takes. If the lock is lost, the work is cancelled.
    ///
    /// The time for which the lock is held counts from before the store was asked, so the work is never told that it holds a lock which has
    /// already expired. A store that cannot be reached loses the lock after `ttl`.
    /// - Parameters:
    ///   - name: The name of the lock.
    ///   - ttl: How long the lock remains held after this process has died.
    ///   - deadline: Until when to wait for the lock, or `nil` to wait until the task is cancelled.
    ///   - work: The work. It should pass the lock's token on to what the lock guards.
    /// - Returns: The result of the work.
    /// - Throws: The error of the work; a `Problem` with status 503 if the lock was not free in time; a `CancellationError`.
    public func withLock<Result: Sendable>(
        _ name: String, ttl: Duration = .seconds(10), by deadline: ContinuousClock.Instant? = nil,
        _ work: @escaping @Sendable (StoreLock) async throws -> Result
    ) async throws -> Result {
        let (lock, term) = try await acquired(name, ttl, by: deadline)
        let outcome = await withTaskGroup(of: Swift.Result<Result, any Error>?.self) { group in
            group.addTask {
                do { return .success(try await work(lock)) } catch { return .failure(error) }
            }
            group.addTask {
                await keep(lock, ttl, in: term)
                return nil
            }
            // A renewal may wait for the store for longer than the lock is held.
            group.addTask {
                await term.expiry()
                return nil
            }
            // The work ends, or the lock is lost. In both cases the other tasks are cancelled.
            var outcome = await group.next() ?? nil
            group.cancelAll()
            for await other in group { outcome = outcome ?? other }
            return outcome ?? .failure(CancellationError())
        }
        await withCancellationShield { _ = try? await release(lock) }
        return try outcome.get()
    }

    private func acquired(
        _ name: String, _ ttl: Duration, by deadline: ContinuousClock.Instant?
    ) async throws -> (lock: StoreLock, term: LockTerm) {
        let pauses = Backoff(first: .milliseconds(10), longest: .milliseconds(250))
        var attempts = 0
        while true {
            let term = LockTerm(until: .now + ttl)
            if let lock = try await acquire(name, ttl: ttl) {
                if !term.isOver { return (lock, term) }
                // The answer took so long that the lock may have expired already.
                _ = try? await release(lock)
            }
            attempts += 1
            let pause = pauses.pause(after: attempts)
            if let deadline, deadline < .now + pause { throw Problem.unavailable("The lock was not free in time.") }
            try await Task.sleep(for: pause)
        }
    }

    /// Renews a lock until it is lost or the task is cancelled.
    private func keep(_ lock: StoreLock, _ ttl: Duration, in term: LockTerm) async {
        while !term.isOver {
            guard (try? await Task.sleep(for: ttl / 3)) != nil else { return }
            let end = ContinuousClock.now + ttl
            // A renewal that fails may succeed the next time.
            switch try? await renew(lock, ttl: ttl) {
            case true?: term.extend(to: end)
            case false?: return
            case nil: continue
            }
        }
    }
}

/// The time for which a lock is certainly held.
private final class LockTerm: Sendable {
    private let end: Mutex<ContinuousClock.Instant>

    init(until end: ContinuousClock.Instant) { self.end = Mutex(end) }

    var isOver: Bool { end.withLock { $0 } <= .now }

    func extend(to instant: ContinuousClock.Instant) { end.withLock { $0 = max($0, instant) } }

    /// Returns when the time is over, or the task is cancelled.
    func expiry() async {
        while !isOver, !Task.isCancelled {
            try? await Task.sleep(until: end.withLock { $0 }, clock: .continuous)
        }
    }
}
