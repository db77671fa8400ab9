import CartsAPI
import CatalogAPI
import Foundation
import OrdersAPI
import Roost
import RoostData

/// An order as it is stored.
struct OrderEntry: Sendable {
    private(set) var order: Order
    let account: UUID
    let email: String
    let paymentToken: String
    let address: Address
    let cartVersion: Int
    /// Whether the customer has cancelled the order.
    let isCancelled: Bool
    /// The final status, if the order failed permanently and is being undone.
    let intendedEnd: OrderStatus?

    init(_ row: ResultRow, history: [OrderStep]) throws {
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
        // As the database keeps it.
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

    /// The quantities to reserve.
    var quantities: [Quantity] { order.items.map { Quantity(sku: $0.sku, quantity: $0.quantity) } }
}

/// An order that is about to be recorded.
struct OrderDraft: Sendable {
    let account: UUID
    let email: String
    let order: NewOrder
    let cart: Cart
    let cartVersion: Int
    /// The cart's version when its oldest item was added.
    let cartSince: Int
    let key: RequestKey?
    /// The account's latest order when this one was requested. Without an idempotency key, a later one means that the cart was ordered in
    /// the meantime.
    let latest: UUID?

    var items: [OrderItem] {
        cart.items.map {
            OrderItem(sku: $0.sku, name: $0.name, quantity: $0.quantity, unitPrice: $0.unitPrice, lineTotal: $0.lineTotal)
        }
    }
}

extension OrderStep {
    init(_ row: ResultRow) throws {
        self.init(status: try row.get("status"), at: try row.get("at"))
    }
}
