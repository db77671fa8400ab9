import Roost
import RoostStore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Limits the number of failures of each subject within a sliding window, counted in the store that all processes share.
///
/// An attempt is recorded before it is made, so that concurrent attempts cannot exceed the limit together. While the limit would be reached
/// if every attempt in progress failed, a further attempt waits for their outcome. An attempt that succeeds does not count as a failure.
struct FailureLimit: Sendable {
    private let name: String
    private let store: any KeyValueStore
    private let limit: Int
    private let window: Duration
    private let waitLimit: Duration
    private let now: @Sendable () -> Date

    /// How long an attempt may be in progress. One that has not ended by then counts as failed.
    static let lease = Duration.seconds(30)
    /// The pauses before a place is asked for again: from 5 to 30 milliseconds.
    private static let pauses = Backoff(first: .milliseconds(30), jitter: 1 / 6...1)

    /// - Parameters:
    ///   - name: The prefix of the store's keys.
    ///   - store: Shared by all processes that count these failures.
    ///   - limit: The number of failures within the window at which attempts are refused.
    ///   - window: How long a failure counts.
    ///   - waitLimit: How long an attempt waits for the outcome of others.
    ///   - now: The clock.
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

    /// An attempt in progress. Pass it to `end(_:_:)`.
    struct Attempt: Sendable {
        let subject: String
        let id: Int
        /// In milliseconds since 1970.
        let begun: Int
    }

    /// How an attempt ended.
    enum Outcome: Sendable {
        case failed
        /// - Parameter forgives: Whether earlier failures are forgotten.
        case succeeded(forgives: Bool)
        /// The attempt was not made, and does not count.
        case abandoned
    }

    /// Checks whether the limit is reached, without recording an attempt.
    /// - Throws: A `Problem` with status 429 if it is.
    func check(_ subject: String) async throws {
        let time = milliseconds
        guard var log = try await store.get(key(subject), as: FailureLog.self) else { return }
        log.settle(at: time, window: Int(window.milliseconds), lease: Int(Self.lease.milliseconds))
        if case .refuse(let left) = log.verdict(at: time, window: Int(window.milliseconds), limit: limit) { throw Self.refusal(left) }
    }

    /// Records an attempt as in progress.
    /// - Throws: A `Problem` with status 429 if the limit is reached.
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
            try await Task.sleep(for: Self.pauses.pause(after: 1))
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

    /// The reason why an attempt could not begin.
    private enum Full: Error {
        case refused(milliseconds: Int), mustWait, other(any Error)
    }

    private func begin(_ attempt: Attempt) async throws(Full) {
        do {
            try await change(attempt.subject) { log in
                switch log.verdict(at: attempt.begun, window: Int(window.milliseconds), limit: limit) {
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
            log.settle(at: time, window: Int(window.milliseconds), lease: Int(Self.lease.milliseconds))
            try body(&log)
            stored = log == FailureLog() ? nil : log
        }
    }

    private func key(_ subject: String) -> String { name + "/" + Secret.digest(subject) }

    private var milliseconds: Int { Int(now().timeIntervalSince1970 * 1000) }

    private static func refusal(_ left: Int) -> Problem {
        let seconds = max(1, (left + 999) / 1000)
        return Problem(
            .tooManyRequests, "Too many attempts have failed.", headers: ["retry-after": String(seconds)])
    }
}
