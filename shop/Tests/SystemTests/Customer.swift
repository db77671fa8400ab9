import AccountsAPI
import AccountsTesting
import CartsAPI
import CartsTesting
import CatalogAPI
import Foundation
import NotificationsAPI
import OrdersAPI
import PaymentsAPI
import Roost
import RoostHTTP
import RoostSystemTesting

/// A customer who buys through the gateway over HTTP, and retries while a service is temporarily down.
struct Customer: Sendable {
    let email: String
    let token: String
    let orders: any OrdersAPI
    let carts: any CartsAPI
    private let caller: HTTPTestClient

    static let address = Address(name: "Ada", street: "1 Road", city: "Paris", postalCode: "75001", country: "FR")

    /// Signs up and signs in.
    static func signedUp(at shop: ShopProcess, by http: PooledHTTPClient) async throws -> Customer {
        let accounts = AccountsAPIContract.client(over: HTTPTestClient(http, to: shop.address))
        let email = "\(UUID().uuidString.lowercased().prefix(8))@example.com"
        _ = try await accounts.signUp(NewAccount(email: email, password: "a good password", name: "Ada"))
        let tokens = try await accounts.signIn(Credentials(email: email, password: "a good password"))
        return Customer(email, tokens.accessToken, HTTPTestClient(http, to: shop.address, as: .bearer(tokens.accessToken)))
    }

    private init(_ email: String, _ token: String, _ caller: HTTPTestClient) {
        self.email = email
        self.token = token
        self.caller = caller
        orders = OrdersAPIContract.client(over: caller)
        carts = CartsAPIContract.client(over: caller)
    }

    /// Adds products to the cart and orders them.
    func order(_ sku: String, _ quantity: Int = 1, paidBy token: String) async throws -> Order {
        _ = try await patiently { try await carts.put(sku: sku, CartQuantity(quantity: quantity), by: .signedIn) }
        let key = UUID().uuidString
        let body = JSON.text(NewOrder(paymentToken: token, shippingAddress: Self.address, email: nil))
        return try await patiently {
            let response = try await caller.send(.post, "/orders", json: body, headers: ["idempotency-key": key])
            guard response.status == .created else { throw response.problem }
            return try response.decode(as: Order.self)
        }
    }

    /// Waits until an order has its final status.
    func end(of id: UUID) async throws -> Order {
        try await eventually("order \(id.text) ends", within: .seconds(60)) {
            let order = try await patiently { try await orders.order(id: id, of: .signedIn) }
            return order.status.isFinal ? order : nil
        }
    }

    /// The mails to the customer, as soon as there are this many.
    func mails(_ count: Int) async throws -> [CapturedMail] {
        let notifications = NotificationsAPIContract.client(over: caller)
        return try await eventually("\(count) mails to \(email)", within: .seconds(90)) {
            let mails = try await patiently { try await notifications.mail(to: email) }.items
            return mails.count >= count ? mails : nil
        }
    }
}

/// Repeats a request while a service is down or the previous request is still in progress.
func patiently<Result>(_ body: () async throws -> Result) async throws -> Result {
    try await eventually("an answer", within: .seconds(60)) {
        do {
            return try await body()
        } catch let problem as Problem where [409, 502, 503, 504].contains(problem.status.code) {
            return nil
        }
    }
}

/// The administrator of a shop.
struct Administrator: Sendable {
    let catalog: any CatalogAPI
    let payments: any PaymentsAPI

    init(of shop: ShopProcess, by http: PooledHTTPClient) async throws {
        let accounts = AccountsAPIContract.client(over: HTTPTestClient(http, to: shop.address))
        let tokens = try await accounts.signIn(Credentials(email: "admin@shop.example", password: ShopProcess.adminPassword))
        let caller = HTTPTestClient(http, to: shop.address, as: .bearer(tokens.accessToken))
        catalog = CatalogAPIContract.client(over: caller)
        payments = PaymentsAPIContract.client(over: caller)
    }

    func stock(of sku: String) async throws -> Int { try await patiently { try await catalog.product(sku: sku).stock } }

    func payments(for order: UUID) async throws -> [Payment] {
        try await patiently { try await payments.payments(orderId: order, limit: nil, cursor: nil).items }
    }
}
