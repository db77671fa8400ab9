public import Roost

/// The shop's places between two durable operations, at which a test can end the process.
public enum ShopPlace: String, CrashPoint {
    /// An order is written, and not yet committed.
    case orderPlacing = "orders.placing"
    /// An order is committed, and the customer does not know it yet.
    case orderPlaced = "orders.placed"
    /// The next status of an order is written, and not yet committed.
    case orderMoving = "orders.moving"
    /// The next status of an order is committed.
    case orderMoved = "orders.moved"
    /// A cancellation is recorded, and nothing was undone for it yet.
    case cancellationRequested = "orders.cancelling"
    /// The ordered items have left the cart.
    case cartCheckedOut = "carts.checked-out"
    /// Goods are reserved, and not yet committed.
    case goodsReserving = "catalog.reserving"
    /// Goods are reserved, which the order does not know yet.
    case goodsReserved = "catalog.reserved"
    /// Goods are back in the stock, which the order does not know yet.
    case goodsReleased = "catalog.released"
    /// A payment is recorded, and the processor was not asked yet.
    case paymentBegun = "payments.begun"
    /// The processor has answered, which is not yet recorded.
    case paymentAnswered = "payments.answered"
    /// The outcome of a payment is recorded, which the order does not know yet.
    case paymentSettled = "payments.settled"
    /// The processor has refunded a charge, which is not yet recorded.
    case paymentRefunded = "payments.refunded"
    /// A webhook's outcome is recorded, which the processor does not know yet.
    case webhookReceived = "payments.webhook"
    /// A charge is committed, which the merchant does not know yet.
    case cardCharged = "processor.charged"
    /// A webhook was accepted, which the processor has not recorded yet.
    case noticeSent = "processor.noticed"
}
