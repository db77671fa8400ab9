import AccountsTesting
import Carts
import CartsAPI
import CartsTesting
import Catalog
import CatalogAPI
import Foundation
import Guests
import Money
import OrderedCarts
import Roost
import RoostSQLite
import RoostStore
import RoostSystemTesting

/// The carts service with the catalog, a customer who fills a cart, and the orders service that takes it.
struct CartsShop {
    let system: TestSystem
    let account = UUID.v7()
    let token: String
    private let folder: TemporaryFolder
    let carts: any CartsAPI
    let http: HTTPTestClient
    let orders: any CartsAPI
    private let catalog: any CatalogAPI

    static func run(
        _ settings: [String: String] = [:], in folder: TemporaryFolder? = nil, _ test: (CartsShop) async throws -> Void
    ) async throws {
        let accounts = TestAccounts(), folder = try folder ?? TemporaryFolder()
        try await TestSystem.run(settings, in: folder) {
            accounts
            CatalogService()
            CartsService()
        } test: { system in
            try await test(CartsShop(system, accounts, folder))
        }
    }

    private init(_ system: TestSystem, _ accounts: TestAccounts, _ folder: TemporaryFolder) async throws {
        self.system = system
        self.folder = folder
        token = try await accounts.token(for: account)
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
    /// A visitor who is not signed in.
    /// - Parameter cookie: The value of the cookie that the browser already has.
    func guest(_ cookie: String? = nil) async throws -> Guest {
        let browser = BrowserTestClient(over: try await system.client(of: "carts"), cookies: cookie.map { [GuestCookie.name: $0] } ?? [:])
        return Guest(http: browser)
    }

    /// Adds the guest's cart to the account's, as the accounts service does at a sign-in.
    func merge(_ guest: Guest) async throws {
        guard let id = guest.cookie.flatMap(GuestID.init) else { return }
        try await orders.merge(GuestCart(guest: id), account: account)
    }

    /// Opens the store in which the carts are.
    func withStore(_ body: (any KeyValueStore) async throws -> Void) async throws {
        let store = try await SQLiteStore.open(folder.databaseURL("store.db"))
        try await body(NamespacedStore(store, shared: OrderedCarts.space))
        await store.close()
    }
}

/// A visitor with a browser.
struct Guest {
    let http: BrowserTestClient

    var cookie: String? { http.cookies[GuestCookie.name] }

    func put(_ sku: String, _ quantity: Int = 1) async throws -> TestResponse {
        try await http.send(.put, "/cart/items/\(sku)", json: #"{"quantity":\#(quantity)}"#)
    }

    /// The content of the cart: `A:2 B:1`.
    func content() async throws -> String {
        try await http.send(.get, "/cart").decode(as: Cart.self).items.map { "\($0.sku):\($0.quantity)" }.joined(separator: " ")
    }
}
