import Foundation
import Money
import Roost

/// A cart that was bought, and what became of it.
@Schema
public struct Order {
    public var id: UUID
    public var status: OrderStatus
    public var items: [OrderItem]
    public var total: Money
    public var createdAt: Date
    /// Every status that it has had, the first one first.
    public var history: [OrderStep]
}

@Schema
public enum OrderStatus: String, Sendable {
    case pending
    /// Its goods are held.
    case reserved
    case paid
    case confirmed
    /// There was too little stock.
    case rejected
    /// The payment was declined.
    case declined
    case cancelled

    /// Whether it stays as it is.
    public var isFinal: Bool {
        switch self {
        case .pending, .reserved, .paid: false
        case .confirmed, .rejected, .declined, .cancelled: true
        }
    }
}

/// When an order came to a status.
@Schema
public struct OrderStep {
    public var status: OrderStatus
    public var at: Date
}

@Schema
public struct OrderItem {
    public var sku: String
    public var name: String
    public var quantity: Int
    public var unitPrice: Money
    public var lineTotal: Money
}
