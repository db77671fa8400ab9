import Roost
import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension MailQueue {
    /// Delivers what is due, again and again, until the task is cancelled. Several processes may run it on one database.
    public func run() async {
        var pruned = Date.distantPast
        while !Task.isCancelled {
            // Asked for before looking, so that a mail which comes meanwhile is not slept through.
            let commits = database.commits()
            do {
                if Date().timeIntervalSince(pruned) > Self.pruneInterval {
                    try await prune()
                    pruned = Date()
                }
                try await deliverDue()
                await Self.wait(for: commits, atMost: try await untilNext())
            } catch {
                if Task.isCancelled { return }
                RequestContext.current.logger.warning("the mail queue cannot work", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Delivers everything that is due now.
    func deliverDue() async throws {
        guard transport != nil, try await untilNext() <= .zero else { return }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<policy.workers {
                group.addTask {
                    while let claim = try await claim() {
                        // Not cut short by cancellation: a mail that the server took must be noted as sent.
                        try await Task { try await settle(claim) }.value
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private struct Claim {
        let id: String
        /// An error where the row is no mail, such as one that an earlier version wrote.
        let mail: Result<Mail, any Error>
        let attempt: Int
    }

    /// For how long a claimed mail is left to who claimed it, in seconds. Longer than any delivery takes.
    private static let lease = 120.0

    /// Takes the next mail that is due. It comes due again after the lease, in case its worker dies.
    private func claim() async throws -> Claim? {
        try Task.checkCancellation()
        return try await database.transaction { transaction in
            let now = Date()
            let row = try await transaction.first(
                """
                UPDATE roost_mail SET attempts = attempts + 1, due_at = \(now + Self.lease) WHERE id = (
                    SELECT id FROM roost_mail WHERE state = \(State.waiting) AND due_at <= \(now) ORDER BY due_at LIMIT 1
                ) RETURNING *
                """)
            return try row.map { row in try Claim(id: row.get("id"), mail: Result { try Mail(row) }, attempt: row.get("attempts")) }
        }
    }

    private func settle(_ claim: Claim) async throws {
        do {
            let mail = try claim.mail.get()
            guard claim.attempt <= policy.attempts else { throw MailError(.permanent, "the process ended during each attempt") }
            try await transport?.deliver(mail)
        } catch {
            return try await noteFailure(error, of: claim)
        }
        try await note(.sent, claim, error: nil, due: Date())
    }

    private func noteFailure(_ error: any Error, of claim: Claim) async throws {
        let isOver = FailureKind(of: error) == .permanent || claim.attempt >= policy.attempts
        let message = FailureKind.reason((error as? MailError)?.message ?? "\(error)"), pause = policy.pause(after: claim.attempt)
        try await note(isOver ? .failed : .waiting, claim, error: message, due: Date() + pause)
        let attempt = "attempt \(claim.attempt) of \(policy.attempts)", logger = RequestContext.current.logger
        if isOver {
            logger.error(
                "A mail was not delivered, \(attempt): \(message). It is not tried again, and stays in the table roost_mail as failed.",
                metadata: ["mail": "\(claim.id)"])
        } else {
            logger.warning(
                "A mail was not delivered, \(attempt): \(message). Next try in \(Int(pause.rounded())) s.",
                metadata: ["mail": "\(claim.id)"])
        }
    }

    private func note(_ state: State, _ claim: Claim, error: String?, due: Date) async throws {
        try await database.execute(
            "UPDATE roost_mail SET state = \(state), error = \(error), due_at = \(due) WHERE id = \(claim.id)")
    }

    /// In seconds.
    private static let pruneInterval = 600.0

    /// Removes mails that were finished long ago, a bounded number at a time.
    func prune() async throws {
        let old = Date() - policy.retention / .seconds(1)
        let finished = [State.sent, .captured, .failed]
        let ids = try await database.query(
            "SELECT id FROM roost_mail WHERE state IN \(finished) AND due_at < \(old) LIMIT 1000"
        ).map { try $0.get("id", as: String.self) }
        if !ids.isEmpty { try await database.execute("DELETE FROM roost_mail WHERE id IN \(ids)") }
    }

    /// How long until the next mail is due; a while where none waits, as another process may add one.
    private func untilNext() async throws -> Duration {
        let row = try await database.first("SELECT min(due_at) AS due FROM roost_mail WHERE state = \(State.waiting)")
        guard transport != nil, let due = try row?.get("due", as: Date?.self) else { return Self.longestWait }
        return min(.seconds(due.timeIntervalSinceNow), Self.longestWait)
    }

    private static let longestWait = Duration.seconds(10)

    private static func wait(for commits: AsyncStream<Void>, atMost duration: Duration) async {
        await withTaskGroup { group in
            group.addTask { for await _ in commits { return } }
            group.addTask { try? await Task.sleep(for: duration) }
            await group.next()
            group.cancelAll()
        }
    }
}
