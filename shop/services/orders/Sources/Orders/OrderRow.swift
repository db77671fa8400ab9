import Foundation
import Money
import OrdersAPI
import Roost
import RoostData

extension OrderStatus: SQLValue {}

/// An order as it is stored.
@Model("orders", indexes: [["accountId", "id"]], unique: [["accountId", "idempotencyKey"]])
struct OrderRow {
    @Key var id: UUID = .v7()
    var accountId: UUID
    var email: String
    var status: OrderStatus = .pending
    var isFinal = false
    @JSON var items: [OrderItem]
    @JSON var total: Money
    @JSON var address: Address
    var paymentToken: String
    var cartVersion: Int
    var idempotencyKey: String?
    /// Distinguishes a repeated request from another one under the same key.
    var requestDigest: String?
    /// Why the order ended without being confirmed, for those who operate the shop.
    var reason: String?
    var createdAt: Date
}

/// A status that an order has reached after it was placed.
@Model("order_steps", indexes: [["orderId", "number"]])
struct OrderStepRow {
    @Key(isGenerated: true) var number = 0
    @References(OrderRow.self) var orderId: UUID
    var status: OrderStatus
    var at: Date
}

/// A status that an order has had, from when it was placed: a view of `orders` and `order_steps`.
@Model("order_history")
struct OrderHistoryRow {
    var orderId: UUID
    var number: Int
    var status: OrderStatus
    var at: Date

    /// The status as the contract shows it.
    var step: OrderStep { OrderStep(status: status, at: at) }

    /// The statuses of all orders, each order's oldest first.
    static var inOrder: Query<OrderHistoryRow> { all.skippingUnknown().order { $0.number } }
}

/// The version up to which an account has ordered its cart, and the order that claimed it.
@Model("cart_claims")
struct CartClaimRow {
    @Key var accountId: UUID
    var version: Int
    var orderId: UUID
    var claimedAt: Date
}

/// A request under an `Idempotency-Key` that was refused.
@Model("refused_requests")
struct RefusedRequestRow {
    @Key var accountId: UUID
    @Key var idempotencyKey: String
    var requestDigest: String?
    @JSON var refusal: Refusal
    @Indexed var refusedAt: Date
}
