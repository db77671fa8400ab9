import AccountsTesting
import Carts
import CartsAPI
import Catalog
import CatalogAPI
import Foundation
import Orders
import OrdersAPI
import Roost
import RoostTesting

/// The orders service among the real catalog and carts, and a customer of it.
struct Shop {
    static let sku = "TEA-0001"
    static let address = Address(name: "Ada", street: "1 Road", city: "Paris", postalCode: "75001", country: "FR")

    let system: TestSystem
    let accounts: TestAccounts
    let token: String
    let orders: any OrdersAPI
    let carts: any CartsAPI
    let catalog: any CatalogAPI

    static func run(
        _ payments: TestPayments = TestPayments(), accounts: TestAccounts = TestAccounts(), customer: UUID = .v7(),
        in folder: TemporaryFolder? = nil, _ test: (Shop) async throws -> Void
    ) async throws {
        try await TestSystem.run(in: folder) {
            accounts
            CatalogService()
            CartsService()
            payments
            OrdersService()
        } test: { system in
            let token = try await accounts.token(for: customer)
            try await test(
                Shop(
                    system: system, accounts: accounts, token: token,
                    orders: system.client(OrdersAPIContract.self, as: .bearer(token)),
                    carts: system.client(CartsAPIContract.self, as: .bearer(token)), catalog: system.client(CatalogAPIContract.self)))
        }
    }

    func stock() async throws -> Int { try await catalog.product(sku: Self.sku).stock }

    /// Puts goods in the cart and orders them.
    func buy(_ quantity: Int = 2, with paymentToken: String, email: String? = nil) async throws -> Order {
        _ = try await carts.put(sku: Self.sku, CartQuantity(quantity: quantity))
        return try await orders.place(NewOrder(paymentToken: paymentToken, shippingAddress: Self.address, email: email))
    }

    /// Waits until an order has a status.
    func wait(for status: OrderStatus, of id: UUID) async throws -> Order {
        try await eventually("an order that is \(status.rawValue)") {
            let order = try await orders.order(id: id)
            return order.status == status ? order : nil
        }
    }
}
