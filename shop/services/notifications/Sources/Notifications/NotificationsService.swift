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

    public init() {}

    public func assemble(on host: ServiceHost) async throws -> ServiceAssembly {
        let environment = try host.configuration.choice("ENVIRONMENT", default: Environment.development)
        let database = try await host.database(migrations: Inbox.migrations + MailQueue.migrations)
        let queue = try MailQueue(database: database, configuration: host.configuration)
        let notifications = Notifications(
            queue: queue, letters: Letters(from: try MailAddress("shop@shop.example", name: "Roost Market")),
            isDevelopment: environment == .development)
        var service = ServiceAssembly(workers: [
            try host.consumer(notifications.subscriptions, database), Worker("mail queue") { await queue.run() },
        ])
        service.serve(NotificationsAPIContract.self, by: notifications)
        return service
    }

    enum Environment: String, CaseIterable {
        case development, production
    }
}
