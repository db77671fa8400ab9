import Roost

/// A product and how many of it.
@Schema
public struct Quantity: Hashable {
    /// How many of one product a cart, an order or a reservation may have.
    public static let range = 1...1000

    /// The product's number.
    @Check(.identifier(1...100)) public var sku: String
    /// How many of the product.
    @Check(.range(Quantity.range)) public var quantity: Int
}

/// The products to reserve for an order.
@Schema
public struct ReservationRequest {
    /// How many different products a cart, an order or a reservation may have.
    public static let count = 1...100

    /// The products, with their quantities.
    @Check(.count(ReservationRequest.count)) public var items: [Quantity]
}

/// The outcome of reserving an order's products.
@Schema
public struct Reservation {
    /// Whether the products are reserved.
    public var status: ReservationStatus
    /// If the reservation was refused, the numbers of the products whose stock is too low.
    public var missing: [String]
}

/// The state of a reservation.
/// The state of a reservation.
@Schema
public enum ReservationStatus: String, Sendable {
    /// The products are reserved.
    case reserved
    /// There was too little stock. The reservation stays refused, even if the stock increases later.
    case refused
    /// The products were released, or were never reserved and cannot be any more.
    case released
}
