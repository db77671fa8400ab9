import Foundation
import Money
import Roost

/// An order and its progress.
@Schema
public struct Order {
    /// The order's identifier.
    public var id: UUID
    /// The current status.
    public var status: OrderStatus
    /// The products that were ordered.
    public var items: [OrderItem]
    /// The sum of all lines.
    public var total: Money
    /// When the order was placed.
    public var createdAt: Date
    /// Every status that the order has had, oldest first.
    public var history: [OrderStep]
}

/// The status of an order.
@Schema
public enum OrderStatus: String, Sendable {
    /// The order was received.
    case pending
    /// Its products are reserved.
    case reserved
    /// It is paid.
    case paid
    /// It is complete.
    case confirmed
    /// It ended, because there was too little stock.
    case rejected
    /// It ended, because the payment was declined.
    case declined
    /// It was cancelled.
    case cancelled

    /// Whether the status is final.
    public var isFinal: Bool {
        switch self {
        case .pending, .reserved, .paid: false
        case .confirmed, .rejected, .declined, .cancelled: true
        }
    }
}

/// A status of an order and when it began.
@Schema
public struct OrderStep {
    /// The status.
    public var status: OrderStatus
    /// When the order reached the status.
    public var at: Date
}

/// A product in an order.
@Schema
public struct OrderItem {
    /// The product's number.
    public var sku: String
    /// The product's name when the order was placed.
    public var name: String
    /// How many were ordered.
    public var quantity: Int
    /// The price of one.
    public var unitPrice: Money
    /// The price of all.
    public var lineTotal: Money
}
