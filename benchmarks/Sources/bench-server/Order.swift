// The order is the one that the other servers are measured with, as short as theirs.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation

import Roost

@Schema
public struct Order {
    @Check(.length(1...200)) public var customer: String
    @Check(.format(.email)) public var email: String
    public var note: String?
    @Check(.count(1...100)) public var lines: [Line]
}

@Schema
public struct Line {
    @Check(.length(1...)) public var sku: String
    @Check(.range(1...1000)) public var quantity: Int
    @Check(.range(0...)) public var unitPrice: Double
}

@Schema
struct Greeting {
    var message: String
}

/// Takes orders.
@Contract("orders")
public protocol OrdersAPI: Sendable {
    /// Checks an order, and answers with it.
    @Post("/orders") func place(_ order: Order) async throws -> Order
}

struct Orders: OrdersAPI {
    func place(_ order: Order) async throws -> Order { order }
}
