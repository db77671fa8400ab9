import Foundation
import Roost

/// Another order has claimed the content of the cart.
struct CartClaimed: Error {
    let order: UUID

    /// The response to the client: 409, with the location of the order.
    var problem: Problem {
        Problem(
            .conflict, "Order \(order.text) already has these items. Anything added since is still in the cart.",
            headers: ["location": "/orders/\(order.text)"])
    }
}
