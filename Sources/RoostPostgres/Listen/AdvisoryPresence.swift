import NIOCore
import NIOPosix
import Roost
import RoostData
import Synchronization

/// Holds numbers by advisory locks of one session, which the server releases when the process dies or its connection is lost
/// (https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS).
///
/// If the connection is lost while the process lives, the locks are taken again on the next one. Until then, others believe the process
/// dead, as they would if it hung; leases and fencing keep such a process from doing harm.
final class AdvisoryPresence: DatabasePresence {
    private struct State {
        var numbers: Set<Int64> = []
        var session: Promise<NIOLoopBound<PostgresConnection>>?
        var keeper: Task<Void, Never>?
        var isClosed = false
    }

    private let state = Mutex(State())
    private let dialer: Dialer

    init(_ dialer: Dialer) { self.dialer = dialer }

    /// The keys of numbers, so that they do not meet those of others.
    private static func key(_ number: Int64) -> Int64 { number | 1 << 62 }

    func hold(_ number: Int64) async throws -> any PresenceHold {
        let connection = try await session()
        guard try await Self.lock(number, on: connection) else {
            throw DatabaseError(.storage, "the number \(number) is held by another process")
        }
        state.withLock { _ = $0.numbers.insert(number) }
        return Hold(number, self)
    }

    func isHeld(_ number: Int64) async throws -> Bool {
        let key = UInt64(bitPattern: Self.key(number))
        let statement = Statement(
            """
            SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted \
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
            AND classid::bigint = $1 AND objid::bigint = $2)
            """, [.integer(Int64(key >> 32)), .integer(Int64(key & 0xFFFF_FFFF))])
        return try await session().first(statement) { try $0.next(Bool.self) } ?? false
    }

    /// Releases all numbers.
    func close() async {
        let (session, keeper) = state.withLock { state in
            state.isClosed = true
            state.numbers = []
            return (state.session, state.keeper)
        }
        keeper?.cancel()
        if case .success(let connection)? = session?.outcome { await connection.leave() }
        await keeper?.value
    }

    private static func lock(_ number: Int64, on connection: NIOLoopBound<PostgresConnection>) async throws -> Bool {
        let statement = Statement("SELECT pg_try_advisory_lock($1)", [.integer(key(number))])
        return try await connection.first(statement) { try $0.next(Bool.self) } ?? false
    }

    /// The connection that holds the locks, which is opened when it is first needed.
    private func session() async throws -> NIOLoopBound<PostgresConnection> {
        let promise = try state.withLock { state in
            guard !state.isClosed else { throw LoopPool.closed }
            if let session = state.session { return session }
            let promise = Promise<NIOLoopBound<PostgresConnection>>()
            state.session = promise
            state.keeper = Task.detached { await self.keep(promise) }
            return promise
        }
        return try await promise.value()
    }

    /// Opens the connection, and another one with the same locks whenever it is lost.
    private func keep(_ first: Promise<NIOLoopBound<PostgresConnection>>) async {
        var promise = first, failures = 0
        while !Task.isCancelled {
            do {
                let connection = try await dialer.connect(on: MultiThreadedEventLoopGroup.singleton.any())
                for number in state.withLock({ $0.numbers }) { _ = try await Self.lock(number, on: connection) }
                promise.fulfill(.success(connection))
                failures = 0
                // Whoever has closed it while the connection was opened did not see it.
                if state.withLock({ $0.isClosed }) { await connection.leave() }
                try? await connection.eventLoop.submit { connection.value.channel.closeFuture }.get().get()
            } catch {
                promise.fulfill(.failure(Problem.unreachable(error)))
                failures += 1
            }
            guard !Task.isCancelled else { return }
            promise = Promise()
            let next: Promise<NIOLoopBound<PostgresConnection>>? = state.withLock { state in
                // Without locks to keep, the connection waits for somebody who needs it.
                state.session = state.numbers.isEmpty ? nil : promise
                return state.session
            }
            guard next != nil else { return }
            try? await Task.sleep(for: .milliseconds(min(10_000, 50 << min(failures, 10)) * Int.random(in: 50...100) / 100))
        }
    }

    private final class Hold: PresenceHold {
        private let number: Int64
        private let presence: AdvisoryPresence

        init(_ number: Int64, _ presence: AdvisoryPresence) {
            self.number = number
            self.presence = presence
        }

        func release() {
            let (session, wasHeld) = presence.state.withLock { ($0.session, $0.numbers.remove(number) != nil) }
            guard wasHeld, case .success(let connection)? = session?.outcome else { return }
            Task { [number] in
                let statement = Statement("SELECT pg_advisory_unlock($1)", [.integer(AdvisoryPresence.key(number))])
                _ = try? await connection.first(statement) { try $0.next(Bool.self) }
            }
        }

        deinit { release() }
    }
}
