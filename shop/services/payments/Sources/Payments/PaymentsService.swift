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
    /// The payments and the ledger.
    public let database = DatabaseDefinition(
        .module,
        models: [
            PaymentRow.self, TransferRow.self, BalanceRow.self, DifferenceRow.self, NoticeRow.self, ReconciliationRow.self,
        ])
    /// The secret with which the processor signs its webhooks, and how often the processor's record is compared with the books.
    public let settings: [any SettingDeclaration] = [WebhookSecret.setting, Reconciler.interval]

    /// Creates the definition.
    public init() {}

    /// Opens the database, connects to the processor, compares the books with its record at intervals, and returns the implementation.
    /// - Throws: A `ConfigurationError` or a `DatabaseError`.
    public func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        let accounts = try await host.client(for: AccountsAPIContract.self)
        let processor = try await host.client(for: ProcessorAPIContract.self)
        host.use(host.shopMiddleware(keys: accounts.keys))
        let payments = Payments(
            database: try await host.database(), processor: processor, store: host.store, webhookSecret: try WebhookSecret.of(host))
        let interval = Duration.seconds(try host[Reconciler.interval])
        await host.run("reconciliation") { [logger = host.logger] in
            try await RequestContext(logger: logger).run { try await payments.reconciler.run(every: interval) }
        }
        return payments
    }
}
