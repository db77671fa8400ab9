import Foundation
import Roost
import RoostData
import RoostWorkflow

// The code of the guide docs/workflows.md.

@Contract("stock", access: .services)
protocol StockAPI: Sendable {
    /// Holds goods for an order. If it is repeated for the same order, it changes nothing.
    @Post("/stock/reservations") func reserve(_ request: Reservation) async throws
    /// Releases what an order holds, if it holds anything.
    @Delete("/stock/reservations/{order}") func release(order: String) async throws
}

@Contract("payments", access: .services)
protocol PaymentsAPI: Sendable {
    /// Charges an order. If it is repeated for the same order, it returns the first result.
    @Post("/payments") func charge(_ request: Charge) async throws -> Payment
    /// Refunds an order, if it was charged.
    @Delete("/payments/{order}") func refund(order: String) async throws
}

@Schema struct Reservation { var order: String, sku: String }
@Schema struct Charge { var order: String, amount: Int }
@Schema struct Payment { var isCaptured: Bool }

@Schema
struct PlacedOrder {
    var id: String
    var sku: String
    var amount: Int
}

@Schema
enum OrderOutcome: String {
    case confirmed, rejected, declined
}

/// The customer does not want the order any more.
@Schema
struct CallOff: WorkflowSignal {
    static let name = "call_off"
    var reason: String
}

struct OrderFlow: Workflow {
    static let name = "orders.flow"
    let stock: any StockAPI
    let payments: any PaymentsAPI

    func run(_ order: PlacedOrder, in run: Run) async throws -> OrderOutcome {
        do {
            try await run.step("reserve") {
                try await stock.reserve(Reservation(order: order.id, sku: order.sku))
            } undo: {
                try await stock.release(order: order.id)
            }
        } catch let failure as StepFailure where failure.problem.status == .unprocessable {
            throw run.end(OrderOutcome.rejected)
        }
        let payment = try await run.step("charge", within: .seconds(15)) {
            try await payments.charge(Charge(order: order.id, amount: order.amount))
        } undo: {
            try await payments.refund(order: order.id)
        }
        guard payment.isCaptured else { throw run.end(OrderOutcome.declined) }
        return try await run.complete { transaction in
            try await transaction.execute("UPDATE orders SET is_confirmed = 1 WHERE id = \(order.id)")
            return .confirmed
        }
    }
}

/// Asks for a review a week after an order, unless the customer has called it off.
struct ReviewFlow: Workflow {
    static let name = "orders.review"
    let ask: @Sendable (String) async throws -> Void

    func run(_ order: String, in run: Run) async throws -> Bool {
        let end = try await run.step("end") { Date.now.addingTimeInterval(7 * 86_400) }
        if try await run.signal(CallOff.self, until: end) != nil { return false }
        try await run.step("ask") { try await ask(order) }
        return true
    }
}

/// Ships the parts of an order at the same time.
struct ShippingFlow: Workflow {
    static let name = "orders.shipping"
    static let queue: WorkflowQueue<Shipping>? = WorkflowQueue("shipping", concurrency: 10, rate: 600, per: .seconds(60), by: \.tenant)
    let ship: @Sendable (String) async throws -> Void

    func run(_ input: Shipping, in run: Run) async throws -> Int {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in input.parts {
                group.addTask { try await run.step("ship", key: part) { try await ship(part) } }
            }
            try await group.waitForAll()
        }
        return input.parts.count
    }
}

@Schema
struct Shipping {
    var tenant: String
    var parts: [String]
}

/// Counts what was sold on a day.
struct DailyReport: Workflow {
    static let name = "orders.report"
    let database: Database

    func run(_ day: Date, in run: Run) async throws -> Int {
        try await run.step("count") { try await database.query("SELECT 1 FROM orders WHERE is_confirmed = 1").count }
    }
}
