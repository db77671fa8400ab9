import CartsAPI
import CatalogAPI
import Foundation
import Logging
import OrdersAPI
import PaymentsAPI
import Roost
import RoostWork

/// The steps of an order: reserve the goods, charge, confirm; or undo what was done (a saga: Garcia-Molina and Salem, "Sagas", SIGMOD
/// 1987).
///
/// Each step can be repeated, because the services that it calls answer the same for the same order. So an order continues from its last
/// recorded status, wherever it was interrupted. One that a service refuses permanently ends, with the reason.
struct OrderFlow: Sendable {
    /// The time limit for calling another service in a step.
    private static let stepLimit = Duration.seconds(15)

    let repository: OrderRepository
    let carts: any CartsAPI
    let catalog: any CatalogAPI
    let payments: any PaymentsAPI
    let logger: Logger

    /// The result of a step.
    private enum Outcome {
        case moves(to: OrderStatus)
        /// The order failed permanently, and ends with this status after everything that was done for it is undone.
        case refused(end: OrderStatus, reason: String)
    }

    /// Takes the order's next step.
    /// - Returns: Whether the order has reached its final status.
    /// - Throws: An error that may pass by itself; an error of the kind `.permanent` if what was done cannot be undone; a `DatabaseError` with
    ///   the code `.unknownValue` if only a newer version knows the order's status, or `.jobLost` if another replica works on the order.
    func advance(_ job: ClaimedJob<OrderWork>) async throws -> Bool {
        guard let entry = try await repository.find(job.job.order) else { return true }
        let status = entry.row.status
        if status.isFinal { return true }
        switch try await RequestContext.currentOrNew.run(within: Self.stepLimit, { try await take(entry) }) {
        case .moves(let next):
            let isMoved = try await repository.move(entry, by: job, to: next)
            return isMoved && next.isFinal
        case .refused(let end, let reason):
            try await repository.intend(end, because: reason, by: job)
            logger.error("order \(job.id) will be \(end.rawValue): it was refused permanently", metadata: ["cause": "\(reason)"])
            return false
        }
    }

    private func take(_ entry: OrderEntry) async throws -> Outcome {
        // The final status was recorded earlier; neither a crash nor a later cancellation changes it.
        if let end = entry.row.intendedEnd { return try await undo(entry, as: end) }
        if entry.row.isCancelled {
            // The ordered items are removed from the cart anyway: the order's claim remains.
            if entry.row.status == .pending { try await checkOut(entry) }
            return try await undo(entry, as: .cancelled)
        }
        do {
            return try await advance(entry)
        } catch let error where FailureKind(of: error) == .permanent {
            let end: OrderStatus = entry.row.status == .pending ? .rejected : .declined
            return .refused(end: end, reason: FailureKind.reason(of: error))
        }
    }

    private func advance(_ entry: OrderEntry) async throws -> Outcome {
        switch entry.row.status {
        case .pending:
            try await checkOut(entry)
            return try await hold(entry)
        case .reserved: return try await charge(entry)
        case .paid: return .moves(to: .confirmed)
        case .confirmed, .rejected, .declined, .cancelled: return .moves(to: entry.row.status)
        }
    }

    /// Removes the ordered items from the cart. If that is refused permanently, the order continues nevertheless.
    private func checkOut(_ entry: OrderEntry) async throws {
        do {
            try await carts.checkOut(account: entry.row.accountId, version: entry.row.cartVersion)
        } catch let error where FailureKind(of: error) == .permanent {
            logger.error("the cart of order \(entry.row.id.text) cannot be checked out", metadata: ["cause": "\(error)"])
        }
    }

    private func hold(_ entry: OrderEntry) async throws -> Outcome {
        switch try await catalog.reserve(order: entry.row.id, ReservationRequest(items: entry.quantities)).status {
        case .reserved: return .moves(to: .reserved)
        case .refused: return .moves(to: .rejected)
        // Another process has cancelled it in the meantime.
        case .released: return try await undo(entry, as: .cancelled)
        }
    }

    private func charge(_ entry: OrderEntry) async throws -> Outcome {
        let request = PaymentRequest(orderId: entry.row.id, amount: entry.row.total, token: entry.row.paymentToken)
        switch try await payments.charge(request).status {
        case .captured: return .moves(to: .paid)
        case .declined:
            try await catalog.release(order: entry.row.id)
            return .moves(to: .declined)
        case .pending: throw Problem.unavailable("The payment has no outcome yet.")
        // Another process has cancelled it in the meantime.
        case .refunded, .void: return try await undo(entry, as: .cancelled)
        }
    }

    /// Refunds the payment and releases the goods, as far as there are any, and prevents a step that is still in progress from taking them.
    private func undo(_ entry: OrderEntry, as end: OrderStatus) async throws -> Outcome {
        try await payments.refund(RefundRequest(orderId: entry.row.id))
        try await catalog.release(order: entry.row.id)
        return .moves(to: end)
    }
}
