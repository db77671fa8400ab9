import Roost
import RoostData
import RoostWork
public import ServiceLifecycle

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Mails that leave because of a change: written in its transaction, delivered after.
///
/// A mail is delivered at least once: a worker that dies between the server's yes and its own note of it delivers again, with the same
/// `Message-ID`. Without a transport mails are captured: kept to be looked at, and never sent.
public struct MailQueue: Service {
    let database: Database
    let transport: (any MailTransport)?
    let policy: MailPolicy
    /// The mails that are to be delivered.
    let letters: WorkQueue<Letter>

    /// - Parameters:
    ///   - database: The service's own, opened with `MailQueue.migrations` among its migrations.
    ///   - transport: `nil` to capture.
    public init(database: Database, transport: (any MailTransport)?, policy: MailPolicy = MailPolicy()) {
        self.database = database
        self.transport = transport
        self.policy = policy
        let options = WorkOptions(
            concurrency: policy.workers, retry: policy.retry, retention: policy.retention, deadRetention: policy.retention, noun: "mail")
        letters = WorkQueue("mail", in: database, options: options)
    }

    /// Makes a queue that delivers to a mail server, or captures.
    /// - Parameters:
    ///   - database: The service's own, opened with `MailQueue.migrations` among its migrations.
    ///   - url: The server, as the setting `smtpURL` gives it; `nil` to capture.
    /// - Throws: A `ConfigurationError` if the URL is wrong.
    public init(database: Database, smtpURL url: String?) throws(ConfigurationError) {
        var transport: SMTPTransport?
        if let url { transport = try SMTPTransport(url: url) }
        self.init(database: database, transport: transport)
    }

    /// Whether mails are kept to be looked at, as there is nothing to send them by.
    public var isCapturing: Bool { transport == nil }

    /// Adds a mail in the transaction of the change that caused it. A mail whose id is there already is not added again.
    public func enqueue(_ mail: Mail, in transaction: Transaction) async throws {
        let letter = Letter(mail)
        guard transport == nil else {
            try await letters.add(letter, id: mail.id.text, in: transaction)
            return
        }
        try await transaction.execute(
            """
            INSERT INTO roost_captured_mail (id, to_address, written_at, mail)
            VALUES (\(mail.id), \(mail.to.address), \(mail.date), \(json: letter)) ON CONFLICT (id) DO NOTHING
            """)
    }

    /// Delivers mails until the service is asked to stop, or the task is cancelled. Any number of processes may do so on one database.
    public func run() async { await cancelWhenGracefulShutdown { await deliver() } }

    private func deliver() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await pruneCaptured() }
            guard let transport else { return }
            await letters.run { letter in
                let mail = try letter.job.mail
                // Not cut short by cancellation: a mail that the server took must be noted as sent.
                try await Task { try await transport.deliver(mail) }.value
            }
        }
    }

    /// The captured mails, the newest first, but for those that cannot be read any more.
    /// - Parameter address: Whose; everyone's where left out.
    public func captured(to address: String? = nil, limit: Int = 20) async throws -> [Mail] {
        var sql: SQL = "SELECT mail FROM roost_captured_mail"
        if let address { sql = sql + " WHERE to_address = \(address)" }
        return try await database.query(sql + " ORDER BY written_at DESC, id DESC LIMIT \(limit)").compactMap { row in
            try? row.get(json: "mail", as: Letter.self).mail
        }
    }

    /// Returns the mails that could not be delivered, with the reasons, the oldest first.
    /// - Parameter limit: The most to return.
    public func failed(limit: Int) async throws -> [(id: UUID, reason: String)] {
        try await letters.dead(limit: limit).compactMap { dead in UUID(uuidString: dead.id).map { ($0, dead.reason) } }
    }

    /// Has a mail that could not be delivered tried again.
    /// - Returns: Whether there is such a mail.
    @discardableResult
    public func retry(_ id: UUID) async throws -> Bool { try await letters.retry(id.text) }

    private func pruneCaptured() async {
        repeat { try? await prune() } while (try? await Task.sleep(for: .seconds(600))) != nil
    }

    /// Removes mails that were captured long ago, a bounded number at a time.
    func prune() async throws {
        let old: SQL =
            "SELECT id FROM roost_captured_mail WHERE written_at < \(Date() - policy.retention.inSeconds) ORDER BY written_at LIMIT 1000"
        if try await database.first(old) != nil { try await database.execute("DELETE FROM roost_captured_mail WHERE id IN (\(old))") }
    }
}

/// How often and how long a mail is tried.
public struct MailPolicy: Sendable {
    /// How many mails are delivered at once.
    public var workers: Int
    /// How often a mail is tried before it counts as failed, and the pauses between.
    public var retry: RetryPolicy
    /// For how long a mail that is sent, captured or failed is kept. While it is, none of the same id is added.
    public var retention: Duration

    /// 12 attempts with a first pause of 5 s last about six hours.
    public init(
        workers: Int = 2,
        retry: RetryPolicy = RetryPolicy(
            attempts: 12, backoff: Backoff(first: .seconds(5), longest: .seconds(3600), factor: 3, jitter: 0.8...1.2)),
        retention: Duration = .seconds(30 * 86400)
    ) {
        self.workers = workers
        self.retry = retry
        self.retention = retention
    }
}
