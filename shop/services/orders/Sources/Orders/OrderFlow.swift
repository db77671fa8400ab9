import CartsAPI
import CatalogAPI
import Foundation
import OrdersAPI
import PaymentsAPI
import Roost
import RoostWorkflow
import ShopCommon

/// An order that was placed.
@Schema
struct PlacedOrder {
    var order: UUID
}

/// Sees an order through to its end: reserves the goods, charges the customer and confirms, or undoes what was done (a saga: Garcia-Molina
/// and Salem, "Sagas", SIGMOD 1987).
///
/// Each step can be repeated, because the services that it calls answer the same for the same order. An order that a service refuses
/// permanently ends, with the reason.
struct OrderFlow: Workflow {
    static let name = "orders.flow"

    /// The time limit for each call of another service.
    private static let limit = Duration.seconds(15)
    private static let retry = RetryPolicy(attempts: .max, backoff: Backoff(first: .milliseconds(50), longest: .seconds(5)))

    let repository: OrderRepository
    let carts: any CartsAPI
    let catalog: any CatalogAPI
    let payments: any PaymentsAPI

    func run(_ placed: PlacedOrder, in run: Run) async throws -> OrderStatus {
        let order = try await read(placed.order, in: run)
        do {
            return try await fulfil(order, in: run)
        } catch let end as OrderEnd {
            throw run.end(end.status) { try await repository.move(order, through: end.path, because: end.reason, in: $0) }
        } catch is RunCancelled {
            // The ordered items are removed from the cart in any case: the order's claim remains.
            try await run.step("check out", within: Self.limit, retry: Self.retry) { try await checkOut(order) }
            throw run.end(OrderStatus.cancelled) { try await repository.move(order, through: [.cancelled], in: $0) }
        }
    }

    /// Reads the order, of which the flow only uses what never changes.
    private func read(_ id: UUID, in run: Run) async throws -> OrderRow {
        do {
            guard let order = try await repository.row(of: id) else { throw Problem(.notFound, "There is no order \(id.text).") }
            return order
        } catch let error where FailureKind(of: error) == .permanent {
            // Another version of the service may be able to read it.
            throw run.hold(because: "the order cannot be read: \(FailureKind.reason(of: error))")
        }
    }

    private func fulfil(_ order: OrderRow, in run: Run) async throws -> OrderStatus {
        let held = try await ending(as: .rejected) {
            try await run.step("reserve", within: Self.limit, retry: Self.retry) {
                // In any case: the order's claim to the content of the cart remains, even if nothing can be reserved.
                async let checkedOut: Void = checkOut(order)
                let reservation: Result<Reservation, any Error>
                do {
                    reservation = .success(try await catalog.reserve(order: order.id, ReservationRequest(items: order.quantities)))
                } catch {
                    reservation = .failure(error)
                }
                try await checkedOut
                return try reservation.get()
            } undo: {
                try await catalog.release(order: order.id)
            }
        }
        switch held.status {
        case .reserved: break
        case .refused: throw OrderEnd(.rejected)
        case .released: throw OrderEnd(.cancelled)
        }
        try await run.transaction("reserved") { try await repository.move(order, through: [.reserved], in: $0) }
        let payment = try await ending(as: .declined) {
            try await run.step("charge", within: Self.limit, retry: Self.retry) {
                try await charge(order)
            } undo: {
                try await payments.refund(RefundRequest(orderId: order.id))
            }
        }
        switch payment.status {
        case .captured: break
        case .declined: throw OrderEnd(.declined)
        case .pending, .refunded, .void: throw OrderEnd(.cancelled)
        }
        return try await confirm(order, in: run)
    }

    /// Confirms an order that is paid, unless it was cancelled in time.
    private func confirm(_ order: OrderRow, in run: Run) async throws -> OrderStatus {
        do {
            return try await run.complete { transaction in
                try await repository.move(order, through: [.paid, .confirmed], in: transaction)
                return .confirmed
            }
        } catch is RunCancelled {
            throw OrderEnd(.cancelled, after: [.paid])
        }
    }

    /// Removes the ordered items from the cart. If that is refused permanently, the order continues nevertheless.
    private func checkOut(_ order: OrderRow) async throws {
        do {
            try await carts.checkOut(account: order.accountId, version: order.cartVersion)
            ShopPlace.cartCheckedOut.reach()
        } catch let error where FailureKind(of: error) == .permanent {
            RequestContext.currentLogger.error(
                "the cart of order \(order.id.text) cannot be checked out", metadata: ["cause": "\(error)"])
        }
    }

    private func charge(_ order: OrderRow) async throws -> Payment {
        let request = PaymentRequest(orderId: order.id, amount: order.total, token: order.paymentToken)
        let payment = try await payments.charge(request)
        if payment.status == .pending { throw Problem.unavailable("The payment has no outcome yet.") }
        return payment
    }

    /// Runs a step whose permanent failure is the end of the order.
    private func ending<Result>(as status: OrderStatus, _ step: () async throws -> Result) async throws -> Result {
        do {
            return try await step()
        } catch let failure as StepFailure {
            RequestContext.currentLogger.error(
                "the order will be \(status.rawValue): it was refused permanently", metadata: ["cause": "\(failure)"])
            throw OrderEnd(status, because: FailureKind.reason(of: failure))
        }
    }
}

/// The end of an order that is not confirmed. What was done for the order is undone first.
private struct OrderEnd: Error {
    let status: OrderStatus
    /// The statuses on the way there.
    let path: [OrderStatus]
    let reason: String?

    init(_ status: OrderStatus, after earlier: [OrderStatus] = [], because reason: String? = nil) {
        self.status = status
        self.reason = reason
        path = earlier + [status]
    }
}

extension OrderRow {
    /// The quantities to reserve.
    fileprivate var quantities: [Quantity] { items.map { Quantity(sku: $0.sku, quantity: $0.quantity) } }
}
