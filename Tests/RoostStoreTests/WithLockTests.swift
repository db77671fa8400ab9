import Roost
import RoostStore
import Synchronization
import Testing

@Suite("Work that holds a lock", .timeLimit(.minutes(5))) struct WithLockTests {
    /// A store whose answers a test holds up.
    private final class SlowLocks: LockStore {
        private struct State {
            var tokens: Int64 = 0
            var released: [Int64] = []
        }

        private let state = Mutex(State())
        /// How long the first acquisition takes.
        let delay: Duration
        /// What a renewal waits for, or `nil` if it succeeds at once.
        let renewals: Latch?

        init(delay: Duration = .zero, renewals: Latch? = nil) { (self.delay, self.renewals) = (delay, renewals) }

        var released: [Int64] { state.withLock { $0.released } }

        func acquire(_ name: String, ttl: Duration) async throws -> StoreLock? {
            let token = state.withLock { state in
                state.tokens += 1
                return state.tokens
            }
            // Longer than the lock's time to live.
            if token == 1, delay > .zero { try await Task.sleep(for: delay) }
            return StoreLock(name: name, token: token)
        }

        func renew(_ lock: StoreLock, ttl: Duration) async throws -> Bool {
            guard let renewals else { return true }
            await renewals.wait()
            throw Problem.unavailable("down")
        }

        func release(_ lock: StoreLock) async throws -> Bool {
            state.withLock { $0.released.append(lock.token) }
            return true
        }
    }

    @Test func aLockWhoseTimeIsOverWhenTheStoreAnswersIsNotUsed() async throws {
        let store = SlowLocks(delay: .milliseconds(80))
        let token = try await store.withLock("lock", ttl: .milliseconds(60)) { $0.token }
        #expect(token > 1)
        #expect(store.released.first == 1 && store.released.last == token)
    }

    @Test func workIsCancelledWhenItsTimeIsOverEvenIfTheStoreDoesNotAnswer() async throws {
        let answer = Latch(), store = SlowLocks(renewals: answer)
        await #expect(throws: CancellationError.self) {
            try await store.withLock("lock", ttl: .milliseconds(60)) { _ in
                defer { answer.open() }
                // Longer than the test: it ends only by being cancelled.
                try await Task.sleep(for: .seconds(600))
            }
        }
    }
}
