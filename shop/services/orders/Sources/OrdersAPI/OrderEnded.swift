import Foundation
import Money
import Roost

/// An order has come to its end.
@Schema
public struct OrderEnded: Event {
    public static let topic = "orders.ended"

    public var orderId: UUID
    public var accountId: UUID
    /// Where mail about the order goes.
    public var email: String
    public var status: OrderStatus
    public var items: [OrderItem]
    public var total: Money

    public var key: String { orderId.text }
}
