import Foundation
import Roost

/// An order has the content of a cart that another was to be made of.
struct CartClaimed: Error {
    let order: UUID

    /// What a client is told: 409, and where the order is.
    var problem: Problem {
        Problem(
            .conflict, "Order \(order.text) already has these items. Anything added since is still in the cart.",
            headers: ["location": "/orders/\(order.text)"])
    }
}
