import NotificationsAPI
import Roost
import RoostData
import RoostMail
import RoostSystem
import ShopCommon

/// The notifications service, put together.
public struct NotificationsService: ServiceDefinition {
    public let name = "notifications"
    public let settings: [any SettingDeclaration] = [Setting.smtpURL]

    public init() {}

    public func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        let database = try await host.database(migrations: MailQueue.migrations)
        let queue = try MailQueue(database: database, smtpURL: host[.smtpURL])
        if queue.isCapturing, host.environment == .production {
            host.logger.warning("SMTP_URL is not set: mail is captured and goes to nobody")
        }
        await host.run("mail queue", queue)
        return Notifications(
            queue: queue, letters: Letters(from: try MailAddress("shop@shop.example", name: "Roost Market")),
            isDevelopment: host.environment == .development)
    }
}
