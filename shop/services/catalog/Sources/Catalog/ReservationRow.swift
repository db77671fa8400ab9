import CatalogAPI
import Foundation
import Roost
import RoostData

extension ReservationStatus: SQLValue {}

/// The result of reserving the goods of an order.
@Model("reservations")
struct ReservationRow {
    @Key var orderId: UUID
    var status: ReservationStatus
    /// What was taken from the stock.
    @JSON var items: [HeldGoods]
    /// The products of which there was too little.
    @JSON var missing: [String]
}

/// The quantity of a product in all lines of an order, which may exceed the limit of one line.
@Schema
struct HeldGoods {
    var sku: String
    var quantity: Int
}
