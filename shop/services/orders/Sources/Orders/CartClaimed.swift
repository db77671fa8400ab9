import Foundation
import Roost

/// An order has the content of a cart that another was to be made of.
struct CartClaimed: Error {
    let order: UUID

    /// What a client is told: 409, and where the order is.
    var problem: Problem {
        Problem(
            .conflict, "What was in the cart is order \(order.text) already. What was put in meanwhile is still there.",
            headers: ["location": "/orders/\(order.text)"])
    }
}
