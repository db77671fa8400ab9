import AccountsTesting
import Carts
import CartsAPI
import Catalog
import CatalogAPI
import Foundation
import Money
import Roost
import RoostSystemTesting

/// The carts service with the catalog, a customer who fills a cart, and the orders service that takes it.
struct CartsShop {
    let system: TestSystem
    let account = UUID.v7()
    let carts: any CartsAPI
    let http: HTTPTestClient
    let orders: any CartsAPI
    private let catalog: any CatalogAPI

    static func run(in folder: TemporaryFolder? = nil, _ test: (CartsShop) async throws -> Void) async throws {
        let accounts = TestAccounts()
        try await TestSystem.run(in: folder) {
            accounts
            CatalogService()
            CartsService()
        } test: { system in
            try await test(CartsShop(system, accounts))
        }
    }

    private init(_ system: TestSystem, _ accounts: TestAccounts) async throws {
        self.system = system
        let token = try await accounts.token(for: account)
        carts = try await system.client(CartsAPIContract.self, as: .bearer(token))
        http = try await system.client(of: "carts", as: .bearer(token))
        orders = try await system.client(CartsAPIContract.self, as: .service("orders"))
        catalog = try await system.client(CatalogAPIContract.self, as: .bearer(accounts.token(roles: ["admin"])))
    }

    /// Makes the catalog sell a product at a price.
    func sell(_ sku: String, _ amount: Int, _ currency: String = "EUR") async throws {
        let price = try JSON.decode(Money.self, from: Array(#"{"amount":\#(amount),"currency":"\#(currency)"}"#.utf8))
        let details = ProductDetails(name: sku, description: "", category: "test", price: price, stock: 1000, imageUrl: "/x")
        _ = try await catalog.put(sku: sku, details)
    }

    func put(_ sku: String, _ quantity: Int = 1) async throws -> TestResponse {
        try await http.send(.put, "/cart/items/\(sku)", json: #"{"quantity":\#(quantity)}"#)
    }

    func snapshot() async throws -> CartSnapshot { try await orders.snapshot(account: account) }
    func checkOut(_ snapshot: CartSnapshot) async throws { try await orders.checkOut(account: account, version: snapshot.version) }

    /// The content of the cart: `A:2 B:1`.
    func content() async throws -> String {
        try await carts.cart(of: .signedIn).items.map { "\($0.sku):\($0.quantity)" }.joined(separator: " ")
    }
}
