import AccountsAPI
import PaymentsAPI
import ProcessorAPI
import Roost
import RoostData
import RoostSystem
import ShopCommon

/// The payments service, put together.
public struct PaymentsService: ServiceDefinition {
    public let name = "payments"
    public let settings: [any SettingDeclaration] = [WebhookSecret.setting]

    public init() {}

    public func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        let accounts = try await host.client(for: AccountsAPIContract.self)
        let processor = try await host.client(for: ProcessorAPIContract.self)
        host.use(host.shopMiddleware(keys: accounts.keys))
        return Payments(
            book: PaymentBook(database: try await host.database(migrations: .inside(.module))), processor: processor,
            webhookSecret: try WebhookSecret.of(host))
    }
}
