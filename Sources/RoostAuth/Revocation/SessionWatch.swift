import Roost
import RoostStore
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Tells streams when their session has ended or their token has expired.
///
/// Regardless of the number of streams, the store is asked once per interval whether anything was revoked. The individual sessions are
/// looked up only if something was, and once when a stream begins. If the store is unavailable, streams continue until their tokens expire.
final class SessionWatch: Sendable {
    private struct Watcher {
        let token: AccessToken
        let end: Promise<Problem>
        /// Whether its session has not been looked up yet. It may have ended between the check of the call and the beginning of the stream.
        var isFresh = true
    }

    private struct State {
        var watchers: [Int: Watcher] = [:]
        var count = 0
        var isRunning = false
    }

    private let state = Mutex(State())
    private let revocations: Revocations?
    private let pause: Duration

    /// After this many rounds every session is looked up, whether or not anything is known to be revoked.
    private static let roundsPerLook = 30

    init(_ revocations: Revocations?, pause: Duration = .seconds(1)) {
        self.revocations = revocations
        self.pause = pause
    }

    var watcherCount: Int { state.withLock { $0.watchers.count } }

    /// Waits until a token is no longer valid.
    /// - Returns: The problem that tells the client why.
    func end(of token: AccessToken) async throws -> Problem {
        let watcher = Watcher(token: token, end: Promise())
        let id = add(watcher)
        defer { state.withLock { $0.watchers[id] = nil } }
        return try await watcher.end.value()
    }

    private func add(_ watcher: Watcher) -> Int {
        let (id, begins) = state.withLock { state in
            state.count += 1
            state.watchers[state.count] = watcher
            defer { state.isRunning = true }
            return (state.count, !state.isRunning)
        }
        // A task of its own, because it serves all watchers and outlives this one.
        if begins { Task.detached { await self.run() } }
        return id
    }

    /// Checks the watched sessions once per interval, until there are none.
    private func run() async {
        var seen: StoreVersion?
        var round = 0
        while true {
            try? await Task.sleep(for: pause)
            guard let tokens = watched() else { return }
            expire(at: Date())
            guard let revocations else { continue }
            do {
                // Read before the sessions, so that a revocation in between is found in the next round.
                let latest = try await revocations.latest()
                round += 1
                let all = latest != seen || round.isMultiple(of: Self.roundsPerLook)
                try await look(at: tokens.filter { all || $0.value }, in: revocations)
                seen = latest
            } catch {
                RequestContext.defaultLogger.warning("Cannot check whether the sessions of live streams have ended: \(error)")
            }
        }
    }

    /// Returns the watched sessions, each with whether it has yet to be looked up; `nil` if there are none, which ends the loop.
    private func watched() -> [String: Bool]? {
        state.withLock { state in
            guard !state.watchers.isEmpty else {
                state.isRunning = false
                return nil
            }
            return Dictionary(state.watchers.values.map { ($0.token.session, $0.isFresh) }, uniquingKeysWith: { $0 || $1 })
        }
    }

    private func expire(at now: Date) {
        end(where: { $0.token.expiresAt <= now }, with: .invalidToken("The token has expired."))
    }

    private func look(at sessions: [String: Bool], in revocations: Revocations) async throws {
        var revoked: Set<String> = []
        for session in sessions.keys where try await revocations.isRevoked(session: session) { revoked.insert(session) }
        let ended = revoked
        end(where: { ended.contains($0.token.session) }, with: .invalidToken("The session has ended."))
        state.withLock { state in
            for (id, watcher) in state.watchers where sessions[watcher.token.session] != nil { state.watchers[id]?.isFresh = false }
        }
    }

    private func end(where isOver: (Watcher) -> Bool, with problem: Problem) {
        let ended = state.withLock { state in
            let ended = state.watchers.filter { isOver($0.value) }
            for id in ended.keys { state.watchers[id] = nil }
            return ended.values
        }
        for watcher in ended { watcher.end.fulfill(.success(problem)) }
    }
}
