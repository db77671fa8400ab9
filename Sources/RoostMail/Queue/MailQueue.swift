import Roost
import RoostData
import RoostWork
public import ServiceLifecycle

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Mails that result from changes: they are added in the transaction of the change, and delivered afterwards.
///
/// A mail is delivered at least once: if a worker dies after the server has accepted the mail and before that is recorded, it is delivered
/// again with the same `Message-ID`. Without a transport, mails are captured: they can be listed, and are never sent.
public struct MailQueue: Service {
    let database: Database
    let transport: (any MailTransport)?
    let policy: MailPolicy
    /// The mails that wait to be delivered.
    let jobs: WorkQueue<QueuedMail>

    /// Creates a queue.
    /// - Parameters:
    ///   - database: The service's own database, opened with `MailQueue.migrations` among its migrations.
    ///   - transport: Delivers the mails; `nil` to capture them.
    ///   - policy: How often a mail is tried, and how long it is kept.
    public init(database: Database, transport: (any MailTransport)?, policy: MailPolicy = MailPolicy()) {
        self.database = database
        self.transport = transport
        self.policy = policy
        let options = WorkOptions(
            concurrency: policy.workers, retry: policy.retry, retention: policy.retention, deadRetention: policy.retention, noun: "mail")
        jobs = WorkQueue("mail", in: database, options: options)
    }

    /// Creates a queue that delivers to a mail server, or captures mails.
    /// - Parameters:
    ///   - database: The service's own database, opened with `MailQueue.migrations` among its migrations.
    ///   - url: The server, as in the setting `smtpURL`; `nil` to capture mails.
    ///   - bounces: Where servers report mail that they could not deliver, as in the setting `bounceAddress`.
    /// - Throws: A `ConfigurationError` if the URL is invalid.
    public init(database: Database, smtpURL url: String?, bounces: BounceAddress? = nil) throws(ConfigurationError) {
        var transport: SMTPTransport?
        if let url { transport = try SMTPTransport(url: url, bounces: bounces) }
        self.init(database: database, transport: transport)
    }

    /// Whether mails are captured because there is no transport.
    public var isCapturing: Bool { transport == nil }

    /// Adds a mail in the transaction of the change that causes it. If there already is a mail with the same identifier, nothing is added.
    /// - Parameters:
    ///   - mail: The mail.
    ///   - transaction: The transaction.
    /// - Throws: A `DatabaseError`.
    public func enqueue(_ mail: Mail, in transaction: Transaction) async throws {
        let queued = QueuedMail(mail)
        guard transport == nil else {
            try await jobs.add(queued, id: mail.id.text, in: transaction)
            return
        }
        try await transaction.execute(
            """
            INSERT INTO roost_captured_mail (id, to_address, written_at, mail)
            VALUES (\(mail.id), \(mail.to.address), \(mail.date), \(json: queued)) ON CONFLICT (id) DO NOTHING
            """)
    }

    /// Delivers mails until the service is asked to stop or the task is cancelled. Any number of processes can do so on one database.
    public func run() async { await cancelWhenGracefulShutdown { await deliver() } }

    private func deliver() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await pruneCaptured() }
            guard let transport else { return }
            await jobs.run { queued in
                try await transport.deliver(queued.job.mail)
                DurablePlace.mailDelivered.reach()
            }
        }
    }

    /// Returns the captured mails that can be read, the newest first.
    /// - Parameters:
    ///   - address: The address of the receiver; `nil` for all receivers.
    ///   - limit: The largest number to return.
    /// - Throws: A `DatabaseError`.
    public func captured(to address: String? = nil, limit: Int = 20) async throws -> [Mail] {
        var sql: SQL = "SELECT mail FROM roost_captured_mail"
        if let address { sql = sql + " WHERE to_address = \(address)" }
        return try await database.query(sql + " ORDER BY written_at DESC, id DESC LIMIT \(limit)").compactMap { row in
            try? row.get(json: "mail", as: QueuedMail.self).mail
        }
    }

    private func pruneCaptured() async {
        repeat { try? await prune() } while (try? await database.clock.sleep(for: .seconds(600))) != nil
    }

    /// Removes old captured mails, a limited number at a time.
    func prune() async throws {
        let old: SQL =
            "SELECT id FROM roost_captured_mail WHERE written_at < \(database.clock.now - policy.retention.inSeconds) ORDER BY written_at LIMIT 1000"
        if try await database.first(old) != nil { try await database.execute("DELETE FROM roost_captured_mail WHERE id IN (\(old))") }
    }
}

/// How often a mail is tried, and how long it is kept.
public struct MailPolicy: Sendable {
    /// The number of mails that are delivered at once.
    public var workers: Int
    /// How often a mail is tried before it counts as failed, and the pauses between attempts.
    public var retry: RetryPolicy
    /// How long a mail is kept after it was sent, captured or given up; of a mail that was sent, only the identifier is kept. During this time, no
    /// mail with the same identifier is added.
    public var retention: Duration

    /// Creates a policy.
    /// - Parameters:
    ///   - workers: The number of mails that are delivered at once.
    ///   - retry: How often a mail is tried, and the pauses between attempts. By default, 12 attempts take about six hours.
    ///   - retention: How long a mail is kept after it was sent, captured or given up; by default, 30 days.
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
