import NotificationsAPI
import Roost
import RoostData
import RoostMail
import RoostSystem
import ShopCommon

/// The definition of the notifications service.
public struct NotificationsService: ServiceDefinition {
    /// The service's name: `notifications`.
    public let name = "notifications"
    /// The queue of mails.
    public let database = DatabaseDefinition(migrations: MailQueue.migrations)
    /// The mail server.
    public let settings: [any SettingDeclaration] = [Setting.smtpURL]

    /// Creates the definition.
    public init() {}

    /// Opens the database, starts the mail queue, and returns the implementation.
    /// - Throws: A `ConfigurationError` or a `DatabaseError`.
    public func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        let database = try await host.database()
        let queue = try MailQueue(database: database, smtpURL: host[.smtpURL])
        if queue.isCapturing, host.environment == .production {
            host.logger.warning("SMTP_URL is not set: mail is captured and not sent")
        }
        await host.run("mail queue", queue)
        return Notifications(
            queue: queue, templates: MailTemplates(from: try MailAddress("shop@shop.example", name: "Roost Market")),
            isDevelopment: host.environment == .development)
    }
}
