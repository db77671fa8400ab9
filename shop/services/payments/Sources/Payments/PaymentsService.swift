import AccountsAPI
import PaymentsAPI
import ProcessorAPI
import Roost
import RoostData
import RoostSystem
import ShopCommon

/// Assembles the payments service.
public struct PaymentsService: ServiceDefinition {
    /// The service's name: `payments`.
    public let name = "payments"
    /// The payments.
    public let database = DatabaseDefinition(.module, models: [PaymentRow.self])
    /// The secret with which the processor signs its webhooks.
    public let settings: [any SettingDeclaration] = [WebhookSecret.setting]

    /// Creates the definition.
    public init() {}

    /// Opens the database, connects to the processor, and returns the implementation.
    /// - Throws: A `ConfigurationError` or a `DatabaseError`.
    public func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        let accounts = try await host.client(for: AccountsAPIContract.self)
        let processor = try await host.client(for: ProcessorAPIContract.self)
        host.use(host.shopMiddleware(keys: accounts.keys))
        return Payments(
            repository: PaymentRepository(database: try await host.database()), processor: processor,
            webhookSecret: try WebhookSecret.of(host))
    }
}
