import NIOCore
import NIOPosix
import Roost
import RoostData
import Synchronization

/// Holds numbers by advisory locks of one session, which the server releases when the process dies or its connection is lost
/// (https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS).
///
/// If the connection is lost while the process lives, the locks are taken again on the next one, as soon as the server has noticed the end of
/// the old session. Until then, others may believe the process dead, as they would if it hung; leases and fencing keep such a process from
/// doing harm.
final class AdvisoryPresence: DatabasePresence {
    typealias Session = Promise<NIOLoopBound<PostgresConnection>>

    private struct State {
        var numbers: Set<Int64> = []
        var session: Session?
        var keeper: Task<Void, Never>?
        var isClosed = false
    }

    private let state = Mutex(State())
    private let dialer: Dialer
    /// How often a number is tried to be held if the connection is lost meanwhile.
    private static let attempts = 3

    init(_ dialer: Dialer) { self.dialer = dialer }

    func hold(_ number: Int64) async throws -> any PresenceHold {
        for _ in 0..<Self.attempts {
            let session = try session(), connection = try await session.value()
            guard try await AdvisoryKey(number).lock(on: connection) else {
                throw DatabaseError(.storage, "the number \(number) is held by another process")
            }
            // From now on, the number is kept. If the session is another one already, the lock was lost with the connection.
            let isKept = state.withLock { state in
                guard state.session === session else { return false }
                state.numbers.insert(number)
                return true
            }
            if isKept { return Hold(number, self) }
        }
        throw Problem.connectionLost(cause: nil)
    }

    func isHeld(_ number: Int64) async throws -> Bool { try await AdvisoryKey(number).isLocked(on: session().value()) }

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

    /// The session that holds the locks, which is opened when it is first needed.
    private func session() throws -> Session {
        try state.withLock { state in
            guard !state.isClosed else { throw LoopPool.closed }
            if let session = state.session { return session }
            let session = Session()
            state.session = session
            state.keeper = Task.detached { await self.keep(session) }
            return session
        }
    }

    fileprivate func release(_ number: Int64) {
        let (session, wasHeld) = state.withLock { ($0.session, $0.numbers.remove(number) != nil) }
        guard wasHeld, case .success(let connection)? = session?.outcome else { return }
        Task { _ = try? await AdvisoryKey(number).unlock(on: connection) }
    }
}

extension AdvisoryPresence {
    /// Opens the session, and another one with the same locks whenever its connection is lost.
    private func keep(_ first: Session) async {
        var session = first, failures = 0
        while !Task.isCancelled {
            do {
                let connection = try await dialer.connect(on: MultiThreadedEventLoopGroup.singleton.any())
                failures = 0
                try await serve(session, on: connection)
            } catch {
                session.fulfill(.failure(Problem.unreachable(error)))
                failures += 1
            }
            guard let next = nextSession() else { return }
            session = next
            try? await Task.sleep(for: .milliseconds(min(10_000, 50 << min(failures, 10)) * Int.random(in: 50...100) / 100))
        }
        // Nobody is to wait for a session that does not come.
        session.fulfill(.failure(LoopPool.closed))
    }

    /// Takes the locks, and returns when the connection is lost.
    private func serve(_ session: Session, on connection: NIOLoopBound<PostgresConnection>) async throws {
        let numbers = state.withLock { $0.numbers }
        do {
            let missing = try await takeBack(numbers, on: connection)
            session.fulfill(.success(connection))
            // Whoever has released a number before that did not see the connection.
            for number in numbers.subtracting(missing) where !isWanted(number) { try await AdvisoryKey(number).unlock(on: connection) }
            try await takeBackLater(missing, on: connection)
            // Nor did whoever has closed it.
            if state.withLock({ $0.isClosed }) { await connection.leave() }
        } catch {
            await connection.leave()
            throw error
        }
        try await connection.eventLoop.submit { connection.value.channel.closeFuture }.get().get()
    }

    private func isWanted(_ number: Int64) -> Bool { state.withLock { $0.numbers.contains(number) } }

    /// Returns the session to open after the end of one, or `nil` if there are no locks to keep: then, whoever needs one opens it.
    private func nextSession() -> Session? {
        state.withLock { state in
            state.session = state.isClosed || state.numbers.isEmpty ? nil : Session()
            return state.session
        }
    }

    /// Takes locks on a new connection.
    /// - Returns: The numbers that somebody else holds, such as the old session whose end the server has not noticed.
    private func takeBack(_ numbers: Set<Int64>, on connection: NIOLoopBound<PostgresConnection>) async throws -> Set<Int64> {
        var missing = numbers
        for number in numbers {
            if isWanted(number), !(try await AdvisoryKey(number).lock(on: connection)) { continue }
            missing.remove(number)
            // It may have been released meanwhile.
            if !isWanted(number) { try await AdvisoryKey(number).unlock(on: connection) }
        }
        return missing
    }

    /// Takes locks as soon as others have released them.
    private func takeBackLater(_ numbers: Set<Int64>, on connection: NIOLoopBound<PostgresConnection>) async throws {
        var missing = numbers, attempt = 0
        while !missing.isEmpty, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(min(1000, 20 << min(attempt, 10))))
            attempt += 1
            missing = try await takeBack(missing, on: connection)
        }
    }

    private final class Hold: PresenceHold {
        private let number: Int64
        private let presence: AdvisoryPresence

        init(_ number: Int64, _ presence: AdvisoryPresence) {
            self.number = number
            self.presence = presence
        }

        func release() { presence.release(number) }

        deinit { release() }
    }
}

/// The advisory lock that stands for a number.
struct AdvisoryKey {
    /// The key of the lock. It does not meet those of others.
    let value: Int64

    init(_ number: Int64) { value = number | 1 << 62 }

    /// Takes the lock for a session.
    /// - Returns: Whether it was free.
    func lock(on connection: NIOLoopBound<PostgresConnection>) async throws -> Bool {
        try await ask("SELECT pg_try_advisory_lock($1)", [.integer(value)], connection)
    }

    @discardableResult
    func unlock(on connection: NIOLoopBound<PostgresConnection>) async throws -> Bool {
        try await ask("SELECT pg_advisory_unlock($1)", [.integer(value)], connection)
    }

    /// Returns whether a session holds the lock.
    func isLocked(on connection: NIOLoopBound<PostgresConnection>) async throws -> Bool {
        let key = UInt64(bitPattern: value)
        return try await ask(
            """
            SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted \
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
            AND classid::bigint = $1 AND objid::bigint = $2)
            """, [.integer(Int64(key >> 32)), .integer(Int64(key & 0xFFFF_FFFF))], connection)
    }

    private func ask(_ question: String, _ values: [SQLData], _ connection: NIOLoopBound<PostgresConnection>) async throws -> Bool {
        try await connection.first(Statement(question, values)) { try $0.next(Bool.self) } ?? false
    }
}
