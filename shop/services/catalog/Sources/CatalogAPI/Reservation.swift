import Roost

/// So many of a product.
@Schema
public struct Quantity: Hashable {
    /// How many of one product a cart, an order and a reservation may have.
    public static let range = 1...1000

    @Check(.identifier(1...100)) public var sku: String
    @Check(.range(Quantity.range)) public var quantity: Int
}

/// The goods that an order wants held.
@Schema
public struct ReservationRequest {
    /// How many different products a cart, an order and a reservation may have.
    public static let count = 1...100

    @Check(.count(ReservationRequest.count)) public var items: [Quantity]
}

/// Whether an order's goods are held.
@Schema
public struct Reservation {
    public var status: ReservationStatus
    /// The products of which there are too few, where it is refused.
    public var missing: [String]
}

@Schema
public enum ReservationStatus: String, Sendable {
    case reserved
    /// There was too little stock. It stays refused, whatever comes in later.
    case refused
    /// The goods went back, or were never taken and may not be any more.
    case released
}
