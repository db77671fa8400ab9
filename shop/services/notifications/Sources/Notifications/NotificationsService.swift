import NotificationsAPI
import Roost
import RoostData
import RoostMail
import RoostSystem
import ShopCommon

/// The notifications service, put together.
public struct NotificationsService: ServiceDefinition {
    public let name = "notifications"
    public let contracts: [any Contract.Type] = [NotificationsAPIContract.self]
    public let subscribes = Notifications.subscribedEvents
    public let settings: [any SettingDeclaration] = [Setting.smtpURL]

    public init() {}

    public func assemble(on host: ServiceHost) async throws -> ServiceAssembly {
        let database = try await host.database(migrations: MailQueue.migrations)
        let queue = try MailQueue(database: database, smtpURL: host[.smtpURL])
        if queue.isCapturing, host.environment == .production {
            host.logger.warning("SMTP_URL is not set: mail is captured and goes to nobody")
        }
        let notifications = Notifications(
            queue: queue, letters: Letters(from: try MailAddress("shop@shop.example", name: "Roost Market")),
            isDevelopment: host.environment == .development)
        try await host.handle(notifications.subscriptions, in: database)
        await host.run("mail queue", queue)
        var service = ServiceAssembly()
        service.serve(NotificationsAPIContract.self, by: notifications)
        return service
    }
}
