import Foundation
public import Roost
public import RoostData
public import RoostMail
public import RoostMailTemplates
public import RoostSystem

/// Sends the shop's mail: the sender, the mail server, and the queue in the database of the service that uses it.
///
/// A mail is queued in the transaction of the change that it is about. Its identifier is that of the change, so that there is one mail
/// however often the change is told.
public struct ShopMailer: Sendable {
    /// The tables of the queue, for the service's `DatabaseDefinition`.
    public static let migrations = MailQueue.migrations
    /// The settings of the mailer, for the service's `settings`.
    public static let settings: [any SettingDeclaration] = [
        Setting.smtpURL, Setting.bounceAddress, Setting.mailSender, Setting<String?>.publicURL,
    ]

    /// The queue.
    public let queue: MailQueue
    /// The shop's public address, for links; `nil` if it is not known.
    public let site: String?
    private let sender: MailAddress
    fileprivate static let name = "Roost Market"

    /// Opens the queue in the service's database, and delivers its mails as long as the service runs.
    /// - Parameter host: The host of a service with the mailer's migrations and settings.
    /// - Throws: A `ConfigurationError` or a `DatabaseError`.
    public static func start(on host: ServiceHost) async throws -> ShopMailer {
        let queue = try MailQueue(database: await host.database(), smtpURL: host[.smtpURL], bounces: host[.bounceAddress])
        if queue.isCapturing, host.environment == .production {
            host.logger.warning("SMTP_URL is not set: mail is captured and not sent")
        }
        await host.run("mail queue", queue)
        let site = try host[Setting<String?>.publicURL].map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        return ShopMailer(queue: queue, site: site, sender: try host[.mailSender] ?? MailAddress("shop@shop.example", name: Self.name))
    }

    /// Queues a mail in the transaction of the change that it is about. If there is already a mail with the same identifier, this does
    /// nothing.
    /// - Parameters:
    ///   - template: The template of the mail.
    ///   - values: The values that the mail shows.
    ///   - id: The identifier of what the mail is about, such as an order that has ended.
    ///   - address: The address of the receiver.
    ///   - transaction: The transaction.
    /// - Throws: A `Problem` with status 422 if the result is not a valid mail; a `DatabaseError`.
    public func send<Values: Schema>(
        _ template: MailTemplate<Values>, _ values: Values, id: UUID, to address: String, in transaction: Transaction
    ) async throws {
        try await queue.enqueue(template.mail(values, id: id, from: sender, to: MailAddress(address)), in: transaction)
    }
}

extension Setting where Value == MailAddress? {
    /// `MAIL_FROM`, the address that the shop's mail comes from.
    public static var mailSender: Setting {
        Setting(
            "MAIL_FROM", allowed: "an address such as shop@shop.example", described: "shop@shop.example",
            purpose: "The address that the shop's mail comes from.", parse: { try? MailAddress($0, name: ShopMailer.name) })
    }
}
