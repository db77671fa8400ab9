import CartsAPI
import CatalogAPI
import Foundation
import OrdersAPI
import Roost
import RoostData

/// An order as the book holds it.
struct OrderEntry: Sendable {
    private(set) var order: Order
    let account: UUID
    let email: String
    let paymentToken: String
    let address: Address
    let cartVersion: Int
    /// Whether the customer has called it off.
    let isCancelled: Bool
    /// What it is to end as, where it was refused for good and is being put back.
    let intendedEnd: OrderStatus?

    init(_ row: Row, history: [OrderStep]) throws {
        order = Order(
            id: try row.get("id"), status: try row.get("status"), items: try row.get(json: "items"),
            total: try row.get(json: "total"), createdAt: try row.get("created_at"), history: history)
        account = try row.get("account_id")
        email = try row.get("email")
        paymentToken = try row.get("payment_token")
        address = try row.get(json: "address")
        cartVersion = try row.get("cart_version")
        isCancelled = try row.get("is_cancelled")
        intendedEnd = try row.get("intended_end")
    }

    /// An order that is written now.
    init(_ draft: OrderDraft, id: UUID, at date: Date) {
        // As the book keeps it.
        let date = Date(timeIntervalSince1970: (date.timeIntervalSince1970 * 1000).rounded() / 1000)
        order = Order(
            id: id, status: .pending, items: draft.items, total: draft.cart.total, createdAt: date,
            history: [OrderStep(status: .pending, at: date)])
        account = draft.account
        email = draft.email
        paymentToken = draft.order.paymentToken
        address = draft.order.shippingAddress
        cartVersion = draft.cartVersion
        isCancelled = false
        intendedEnd = nil
    }

    /// Whether a request is the one that this order was made of, as far as the order tells.
    func isAsked(by request: NewOrder) -> Bool {
        request.paymentToken.utf8.elementsEqual(paymentToken.utf8) && JSON.encode(request.shippingAddress) == JSON.encode(address)
            && request.email.map { $0.utf8.elementsEqual(email.utf8) } ?? true
    }

    /// The same order as it was when it was placed.
    var placed: OrderEntry {
        var entry = self
        entry.order.status = .pending
        return entry
    }

    /// What is to be held for it.
    var quantities: [Quantity] { order.items.map { Quantity(sku: $0.sku, quantity: $0.quantity) } }
}

/// An order that is about to be written.
struct OrderDraft: Sendable {
    let account: UUID
    let email: String
    let order: NewOrder
    let cart: Cart
    let cartVersion: Int
    /// The cart's version when the oldest of what is in it was put in.
    let cartSince: Int
    let key: RequestKey?
    /// What was the account's latest order when this one was asked for. Without an idempotency key, another that came between has the cart.
    let latest: UUID?

    var items: [OrderItem] {
        cart.items.map {
            OrderItem(sku: $0.sku, name: $0.name, quantity: $0.quantity, unitPrice: $0.unitPrice, lineTotal: $0.lineTotal)
        }
    }
}

extension OrderStep {
    init(_ row: Row) throws {
        self.init(status: try row.get("status"), at: try row.get("at"))
    }
}
