import AccountsAPI
import CartsAPI
import CatalogAPI
import OrderedCarts
import OrdersAPI
import PaymentsAPI
import Roost
import RoostData
import RoostSystem
import RoostWorkflow
import ShopCommon

/// Assembles the orders service.
public struct OrdersService: ServiceDefinition {
    /// The service's name: `orders`.
    public let name = "orders"
    /// The orders, their steps, and what carts became.
    public let database = DatabaseDefinition(
        .module, models: [OrderRow.self, OrderStepRow.self, CartClaimRow.self, RefusedRequestRow.self], after: WorkflowTables.migrations)

    /// The contracts of the orders, and of the runs of their workflow.
    public let contracts: [any Contract.Type] = [OrdersAPIContract.self, WorkflowsAPIContract.self]

    /// Creates the definition.
    public init() {}

    /// Opens the database, connects to the other services, starts the workers, and returns the implementation.
    /// - Throws: A `ConfigurationError` or a `DatabaseError`.
    public func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        let accounts = try await host.client(for: AccountsAPIContract.self)
        let carts = try await host.client(for: CartsAPIContract.self)
        let catalog = try await host.client(for: CatalogAPIContract.self)
        let payments = try await host.client(for: PaymentsAPIContract.self)
        let database = try await host.database()
        let repository = OrderRepository(database: database)
        let flow = OrderFlow(repository: repository, carts: carts, catalog: catalog, payments: payments)
        let workflows = Workflows([flow], in: database)
        await host.run("workflows", workflows)
        await host.run("order notices") { try await repository.notices.run() }
        host.use([RequestArrival.Noting()] + host.shopMiddleware(keys: accounts.keys))
        host.keepIdempotencyKeys()
        let orders = Orders(
            repository: repository, workflows: workflows, accounts: accounts, carts: carts,
            ordered: OrderedCarts(store: host.sharedStore(OrderedCarts.space)))
        return EndpointGroup(orders, workflows.endpoints)
    }
}
