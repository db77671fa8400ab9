import CartsAPI
import Foundation
import OrdersAPI
import Roost
import RoostData

/// An order with its history.
struct OrderEntry: Sendable {
    private(set) var row: OrderRow
    private(set) var history: [OrderStep]

    init(_ row: OrderRow, history: [OrderHistoryRow]) {
        self.row = row
        self.history = history.map(\.step)
    }

    /// Creates an order that is about to be written.
    init(_ draft: OrderDraft, at date: Date) {
        // As the database keeps it.
        let date = Date(timeIntervalSince1970: (date.timeIntervalSince1970 * 1000).rounded() / 1000)
        row = OrderRow(
            accountId: draft.account, email: draft.email, items: draft.items, total: draft.cart.total,
            address: draft.order.shippingAddress, paymentToken: draft.order.paymentToken, cartVersion: draft.cartVersion,
            idempotencyKey: draft.key?.text, requestDigest: draft.key?.digest, createdAt: date)
        history = [OrderStep(status: .pending, at: date)]
    }

    /// The order as the contract shows it.
    var order: Order {
        Order(id: row.id, status: row.status, items: row.items, total: row.total, createdAt: row.createdAt, history: history)
    }

    /// Whether a request is the one that this order was made from, as far as can be told from the order.
    func isAsked(by request: NewOrder) -> Bool {
        // An order that has ended keeps nothing of the card.
        (row.paymentToken.isEmpty || request.paymentToken.utf8.elementsEqual(row.paymentToken.utf8))
            && JSON.encode(request.shippingAddress) == JSON.encode(row.address)
            && request.email.map { $0.utf8.elementsEqual(row.email.utf8) } ?? true
    }

    /// The same order as it was when it was placed.
    var placed: OrderEntry {
        var entry = self
        entry.row.status = .pending
        entry.history = [OrderStep(status: .pending, at: row.createdAt)]
        return entry
    }
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
