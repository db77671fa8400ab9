import Roost
import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Mails that leave because of a change: written in its transaction, delivered after.
///
/// A mail is delivered at least once: a worker that dies between the server's yes and its own note of it delivers again, with the same
/// `Message-ID`. Without a transport mails are captured: kept to be looked at, and never sent.
public struct MailQueue: Sendable {
    let database: Database
    let transport: (any MailTransport)?
    let policy: MailPolicy

    /// - Parameters:
    ///   - database: the service's own, opened with `MailQueue.migrations` among its migrations.
    ///   - transport: `nil` to capture.
    public init(database: Database, transport: (any MailTransport)?, policy: MailPolicy = MailPolicy()) {
        self.database = database
        self.transport = transport
        self.policy = policy
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
        let state: State = transport == nil ? .captured : .waiting
        try await transaction.execute(
            """
            INSERT INTO roost_mail
                (id, from_address, from_name, to_address, to_name, subject, body, html, written_at, state, due_at)
            VALUES (\(mail.id), \(mail.from.address), \(mail.from.name), \(mail.to.address), \(mail.to.name),
                \(mail.subject), \(mail.text), \(mail.html), \(mail.date), \(state), \(mail.date))
            ON CONFLICT (id) DO NOTHING
            """)
    }

    /// The captured mails, the newest first, but for those that cannot be read any more.
    /// - Parameter address: whose; everyone's where left out.
    public func captured(to address: String? = nil, limit: Int = 20) async throws -> [Mail] {
        var sql: SQL = "SELECT * FROM roost_mail WHERE state = \(State.captured)"
        if let address { sql = sql + " AND to_address = \(address)" }
        return try await database.query(sql + " ORDER BY written_at DESC, id DESC LIMIT \(limit)").compactMap { try? Mail($0) }
    }
}

/// How often and how long a mail is tried.
public struct MailPolicy: Sendable {
    /// How many mails are delivered at once.
    public var workers: Int
    /// How often a mail is tried before it counts as failed.
    public var attempts: Int
    /// The wait after the first failure. Each further one is three times as long, up to an hour.
    public var firstPause: Duration
    /// For how long a mail that is sent, captured or failed is kept.
    public var retention: Duration

    /// 12 attempts with a first pause of 5 s last about six hours.
    public init(
        workers: Int = 2, attempts: Int = 12, firstPause: Duration = .seconds(5), retention: Duration = .seconds(30 * 86400)
    ) {
        self.workers = workers
        self.attempts = attempts
        self.firstPause = firstPause
        self.retention = retention
    }

    /// The wait after a mail's failure.
    /// - Parameters:
    ///   - attempt: which failed, the first being 1.
    ///   - jitter: from 0.8 to 1.2, so that mails that failed together do not come back together.
    func pause(after attempt: Int, jitter: Double = .random(in: 0.8...1.2)) -> TimeInterval {
        var pause = firstPause / .seconds(1)
        for _ in 1..<max(1, min(attempt, 20)) { pause *= 3 }
        return min(pause, 3600) * jitter
    }
}
