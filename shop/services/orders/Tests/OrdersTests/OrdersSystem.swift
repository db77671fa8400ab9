import AccountsTesting
import Carts
import CartsAPI
import CartsTesting
import Catalog
import CatalogAPI
import Foundation
import Money
import Orders
import OrdersAPI
import Payments
import PaymentsAPI
import Processor
import Roost
import RoostSystem
import RoostSystemTesting
import Testing

/// The orders service with all services that it calls.
struct OrdersSystem {
    static let stock = 10

    let system: TestSystem
    let accounts: TestAccounts
    /// The system of the carts, if the main system does not contain them.
    var carts: TestSystem?

    /// - Parameters:
    ///   - settings: The settings of the services.
    ///   - arrangement: Whether the services call each other directly or over the network.
    ///   - payments: Replaces the payments service; if `nil`, the real one runs with the real processor.
    ///   - accounts: Can be kept from one run to the next, so that tokens stay valid.
    ///   - folder: Keeps the services' data from one run to the next.
    static func run(
        _ settings: [String: String] = [:], arrangement: Arrangement = .together, payments: (any PaymentsAPI)? = nil,
        accounts: TestAccounts = TestAccounts(), in folder: TemporaryFolder? = nil, _ test: (OrdersSystem) async throws -> Void
    ) async throws {
        let parts: () -> [ServiceSystem.Part] = {
            let others: [any ServiceDefinition] =
                payments.map { [ServiceDouble(PaymentsAPIContract.self, by: $0)] } ?? [ProcessorService(), PaymentsService()]
            return ([accounts, CatalogService(), CartsService(), OrdersService()] + others).map { .service($0) }
        }
        try await TestSystem.run(settings, arrangement: arrangement, in: folder, parts) { system in
            try await test(OrdersSystem(system: system, accounts: accounts))
        }
    }

    /// Adds mugs to the stock.
    func stock(_ count: Int = stock) async throws { try await sell(at: .euros(cents: 1850), stock: count) }

    /// Changes the price of a mug.
    func price(_ price: Money) async throws { try await sell(at: price, stock: nil) }

    private func sell(at price: Money, stock: Int?) async throws {
        let details = ProductDetails(
            name: "Mug", description: "Holds tea.", category: "ceramics", price: price, stock: stock, imageUrl: "/mug.svg")
        _ = try await catalog.put(sku: "MUG", details)
    }

    /// How many mugs are available.
    var mugs: Int { get async throws { try await catalog.product(sku: "MUG").stock } }

    /// The payments of an order, as an administrator sees them.
    func payments(of order: Order) async throws -> [PaymentStatus] {
        let payments = try await system.client(PaymentsAPIContract.self, as: .bearer(accounts.token(roles: ["admin"])))
        return try await payments.payments(orderId: order.id, limit: nil, cursor: nil).items.map(\.status)
    }

    /// A new customer with this many mugs in the cart.
    func customer(_ id: UUID = .v7(), mugs: Int = 2) async throws -> Customer {
        let customer = try await Customer(id, token: accounts.token(for: id), in: system, carts: carts ?? system)
        if mugs > 0 { _ = try await customer.carts.put(sku: "MUG", CartQuantity(quantity: mugs), by: .signedIn) }
        return customer
    }

    private var catalog: any CatalogAPI {
        get async throws { try await system.client(CatalogAPIContract.self, as: .bearer(accounts.token(roles: ["admin"]))) }
    }
}

/// A customer who buys mugs.
struct Customer {
    let id: UUID
    let carts: any CartsAPI
    let orders: any OrdersAPI
    /// Sends arbitrary requests to the orders service.
    let http: HTTPTestClient

    init(_ id: UUID, token: String, in system: TestSystem, carts: TestSystem) async throws {
        self.id = id
        self.carts = try await carts.client(CartsAPIContract.self, as: .bearer(token))
        orders = try await system.client(OrdersAPIContract.self, as: .bearer(token))
        http = try await system.client(of: "orders", as: .bearer(token))
    }

    func buy(_ token: String = "tok_ok", email: String? = nil) async throws -> Order {
        let address = Address(name: "Ada", street: "1 Wren Lane", city: "London", postalCode: "N1", country: "GB")
        return try await orders.place(NewOrder(paymentToken: token, shippingAddress: address, email: email), by: .signedIn)
    }

    /// Returns an order as soon as it has its final status.
    func end(of order: Order) async throws -> Order { try await reach(order) { $0.isFinal } }

    /// Cancels an order, and returns it when it has ended. The answer has the end, unless that takes longer than it waits.
    func cancelled(_ order: Order) async throws -> Order {
        let start = ContinuousClock.now, answer = try await orders.cancel(id: order.id, by: .signedIn)
        #expect(answer.status == .cancelled || ContinuousClock.now - start >= .seconds(10))
        return try await end(of: order)
    }

    /// Returns an order as soon as its status is one of those awaited.
    func reach(_ order: Order, _ isAwaited: (OrderStatus) -> Bool) async throws -> Order {
        try await eventually("the order's status") {
            let order = try await orders.order(id: order.id, of: .signedIn)
            return isAwaited(order.status) ? order : nil
        }
    }
}
