import NotificationsAPI
import Roost
import RoostData
import RoostEvents
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
        let database = try await host.database(migrations: Inbox.migrations + MailQueue.migrations)
        let queue = try MailQueue(database: database, smtpURL: host[.smtpURL])
        if queue.isCapturing, host.environment == .production {
            host.logger.warning("SMTP_URL is not set: mail is captured and goes to nobody")
        }
        let notifications = Notifications(
            queue: queue, letters: Letters(from: try MailAddress("shop@shop.example", name: "Roost Market")),
            isDevelopment: host.environment == .development)
        var service = ServiceAssembly(workers: [
            try host.consumer(notifications.subscriptions, database), Worker("mail queue") { await queue.run() },
        ])
        service.serve(NotificationsAPIContract.self, by: notifications)
        return service
    }
}
