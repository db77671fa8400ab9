import Roost
import RoostStore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Bounds how often something may fail in a time, for each subject by itself, counted in the store that all processes share.
///
/// An attempt is counted before it is made, so that attempts at once cannot pass the limit together. While so many are under way that
/// the limit would be reached did all of them fail, a further one waits for their outcome. What succeeds was never counted as a failure.
struct FailureLimit: Sendable {
    private let name: String
    private let store: any KeyValueStore
    private let limit: Int
    private let window: Duration
    private let waitLimit: Duration
    private let now: @Sendable () -> Date

    /// How long an attempt may be under way. One that was not ended by then has failed.
    static let lease = Duration.seconds(30)

    /// - Parameters:
    ///   - name: what the store's entries begin with.
    ///   - limit: how many failures are borne in the window.
    ///   - waitLimit: how long an attempt waits for the outcome of others.
    init(
        _ name: String, store: any KeyValueStore, limit: Int, window: Duration, waitLimit: Duration, now: @escaping @Sendable () -> Date
    ) {
        self.name = name
        self.store = store
        self.limit = limit
        self.window = window
        self.waitLimit = waitLimit
        self.now = now
    }

    /// An attempt that was begun, and is to be ended.
    struct Attempt: Sendable {
        let subject: String
        let id: Int
        /// In milliseconds since 1970.
        let begun: Int
    }

    /// How an attempt ended.
    enum Outcome: Sendable {
        case failed
        /// - Parameter forgives: whether the failures before it are forgotten.
        case succeeded(forgives: Bool)
        /// It was not made.
        case abandoned
    }

    /// Whether the limit is reached. It writes nothing.
    /// - Throws: a `Problem` with status 429 where it is.
    func check(_ subject: String) async throws {
        let time = milliseconds
        guard var log = try await store.get(key(subject), as: FailureLog.self) else { return }
        log.settle(at: time, window: window.milliseconds, lease: Self.lease.milliseconds)
        if case .refuse(let left) = log.verdict(at: time, window: window.milliseconds, limit: limit) { throw Self.refusal(left) }
    }

    /// - Throws: a `Problem` with status 429 where the limit is reached.
    func begin(_ subject: String) async throws -> Attempt {
        let end = ContinuousClock.now + waitLimit
        while true {
            let attempt = Attempt(subject: subject, id: .random(in: 0..<1 << 53), begun: milliseconds)
            do throws(Full) {
                try await begin(attempt)
                return attempt
            } catch {
                switch error {
                case .refused(let left): throw Self.refusal(left)
                case .mustWait: guard ContinuousClock.now < end else { throw Self.refusal(1000) }
                case .other(let error): throw error
                }
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 5...30)))
        }
    }

    func end(_ attempt: Attempt, _ outcome: Outcome) async throws {
        try await change(attempt.subject) { log in
            switch outcome {
            case .failed: log.fail(attempt.id, begun: attempt.begun)
            case .abandoned: log.underWay.removeAll { $0.id == attempt.id }
            case .succeeded(let forgives):
                log.underWay.removeAll { $0.id == attempt.id }
                if forgives { log.failures = [] }
            }
        }
    }

    /// Why an attempt did not begin.
    private enum Full: Error {
        case refused(milliseconds: Int), mustWait, other(any Error)
    }

    private func begin(_ attempt: Attempt) async throws(Full) {
        do {
            try await change(attempt.subject) { log in
                switch log.verdict(at: attempt.begun, window: window.milliseconds, limit: limit) {
                case .refuse(let left): throw Full.refused(milliseconds: left)
                case .wait: throw Full.mustWait
                case .begin: log.underWay.append(.init(id: attempt.id, begun: attempt.begun))
                }
            }
        } catch {
            throw error as? Full ?? .other(error)
        }
    }

    private func change(_ subject: String, _ body: (inout FailureLog) throws -> Void) async throws {
        let time = milliseconds
        try await store.update(key(subject), as: FailureLog.self, ttl: window + Self.lease) { stored in
            var log = stored ?? FailureLog()
            log.settle(at: time, window: window.milliseconds, lease: Self.lease.milliseconds)
            try body(&log)
            stored = log == FailureLog() ? nil : log
        }
    }

    private func key(_ subject: String) -> String { name + "/" + Secret.digest(subject) }

    private var milliseconds: Int { Int(now().timeIntervalSince1970 * 1000) }

    private static func refusal(_ left: Int) -> Problem {
        let seconds = max(1, (left + 999) / 1000)
        return Problem(
            .tooManyRequests, "Too many attempts have failed. Try again in \(seconds) s.", headers: ["retry-after": String(seconds)])
    }
}

extension Duration {
    fileprivate var milliseconds: Int { Int(self / .milliseconds(1)) }
}
