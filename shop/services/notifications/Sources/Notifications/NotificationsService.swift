import NotificationsAPI
import Roost
import RoostData
import RoostSystem
import ShopMail

/// The definition of the notifications service.
public struct NotificationsService: ServiceDefinition {
    /// The service's name: `notifications`.
    public let name = "notifications"
    /// The queue of mails.
    public let database = DatabaseDefinition(migrations: ShopMailer.migrations)
    /// The mail server and the addresses of the shop.
    public let settings = ShopMailer.settings

    /// Creates the definition.
    public init() {}

    /// Reads the templates, opens the database, starts the mail queue, and returns the implementation.
    /// - Throws: A `ConfigurationError` or a `DatabaseError`.
    public func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        let mails = try CustomerMails()
        return Notifications(
            mailer: try await ShopMailer.start(on: host), mails: mails, isDevelopment: host.environment == .development)
    }
}
