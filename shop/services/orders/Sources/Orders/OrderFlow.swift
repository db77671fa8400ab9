import CartsAPI
import CatalogAPI
import Foundation
import OrdersAPI
import PaymentsAPI
import Roost

/// The steps of an order: hold its goods, charge it, confirm it; or put back what was done (a saga: Garcia-Molina and Salem,
/// "Sagas", SIGMOD 1987).
///
/// Each step may be repeated: the services that it calls answer the same for the same order. So an order goes on from its
/// last recorded status, wherever it was cut off.
struct OrderFlow: Sendable {
    /// How long a step waits for another service.
    private static let stepLimit = Duration.seconds(15)

    let book: OrderBook
    let carts: any CartsAPI
    let catalog: any CatalogAPI
    let payments: any PaymentsAPI

    /// Takes the order's next step.
    /// - Returns: whether the order has come to its end.
    func advance(_ id: UUID) async throws -> Bool {
        guard let entry = try await book.find(id) else { return true }
        if entry.order.status.isFinal { return true }
        let next = try await RequestContext().run(within: Self.stepLimit) { try await take(entry) }
        try await book.move(id, from: entry.order.status, to: next)
        return false
    }

    private func take(_ entry: OrderEntry) async throws -> OrderStatus {
        if entry.isCancelled { return try await undo(entry) }
        let id = entry.order.id
        switch entry.order.status {
        case .pending:
            try await carts.checkOut(account: entry.account, version: entry.cartVersion)
            let reservation = try await catalog.reserve(order: id, ReservationRequest(items: entry.quantities))
            return reservation.status == .reserved ? .reserved : .rejected
        case .reserved:
            let payment = try await payments.charge(
                PaymentRequest(orderId: id, amount: entry.order.total, token: entry.paymentToken))
            guard payment.status != .captured else { return .paid }
            try await catalog.release(order: id)
            return .declined
        default: return .confirmed
        }
    }

    /// Gives back the money and the goods, as far as there are any, and sees to it that a step still on its way takes none.
    private func undo(_ entry: OrderEntry) async throws -> OrderStatus {
        try await payments.refund(RefundRequest(orderId: entry.order.id))
        try await catalog.release(order: entry.order.id)
        return .cancelled
    }
}
