import Roost

@Schema
struct Order {
    @Check(.length(1...200)) var customer: String
    @Check(.format(.email)) var email: String
    var note: String?
    @Check(.count(1...100)) var lines: [Line]
}

@Schema
struct Line {
    @Check(.length(1...)) var sku: String
    @Check(.range(1...1000)) var quantity: Int
    @Check(.range(0...)) var unitPrice: Double
}

@Schema
struct Greeting {
    var message: String
}

/// Takes orders.
@Contract("orders")
protocol OrdersAPI: Sendable {
    /// Checks an order, and answers with it.
    @Post("/orders") func place(_ order: Order) async throws -> Order
}

struct Orders: OrdersAPI {
    func place(_ order: Order) async throws -> Order { order }
}
