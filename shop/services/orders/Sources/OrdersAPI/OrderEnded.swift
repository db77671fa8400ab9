import Foundation
import Money
import Roost

/// An order has reached its final status.
@Schema
public struct OrderEnded: Event {
    /// The topic of the event.
    public static let topic = "orders.ended"

    /// The order.
    public var orderId: UUID
    /// The account that placed the order.
    public var accountId: UUID
    /// The address for mail about the order.
    public var email: String
    /// The final status.
    public var status: OrderStatus
    /// The products that were ordered.
    public var items: [OrderItem]
    /// The sum of all lines.
    public var total: Money

    /// The order, so that the events of one order stay in order.
    public var key: String { orderId.text }
}
