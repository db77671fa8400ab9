import Roost

extension LockStore {
    /// Runs work while holding a lock, which is renewed as long as the work takes. If the lock is lost, the work is cancelled.
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
        let lock = try await acquired(name, ttl, by: deadline)
        let outcome = await withTaskGroup(of: Swift.Result<Result, any Error>?.self) { group in
            group.addTask {
                do { return .success(try await work(lock)) } catch { return .failure(error) }
            }
            group.addTask {
                await keep(lock, ttl)
                return nil
            }
            // The work ends, or the lock is lost. In both cases the other task is cancelled.
            let first = await group.next() ?? nil
            group.cancelAll()
            let second = await group.next() ?? nil
            return first ?? second ?? .failure(CancellationError())
        }
        // The task may be cancelled, and the lock must be released nevertheless.
        await Task { _ = try? await release(lock) }.value
        return try outcome.get()
    }

    private func acquired(_ name: String, _ ttl: Duration, by deadline: ContinuousClock.Instant?) async throws -> StoreLock {
        let pauses = Backoff(first: .milliseconds(10), longest: .milliseconds(250))
        var attempts = 0
        while true {
            if let lock = try await acquire(name, ttl: ttl) { return lock }
            attempts += 1
            let pause = pauses.pause(after: attempts)
            if let deadline, deadline < .now + pause { throw Problem.unavailable("The lock was not free in time.") }
            try await Task.sleep(for: pause)
        }
    }

    /// Renews a lock until it is lost or the task is cancelled. A store that cannot be reached loses it after its time.
    private func keep(_ lock: StoreLock, _ ttl: Duration) async {
        var held = ContinuousClock.now + ttl
        while !Task.isCancelled {
            guard (try? await Task.sleep(for: ttl / 3)) != nil else { return }
            let asked = ContinuousClock.now
            switch try? await renew(lock, ttl: ttl) {
            case true?: held = asked + ttl
            case false?: return
            case nil: if held <= .now { return }
            }
        }
    }
}
