import Foundation
import Roost

/// Takes orders and sees each one through to its end.
@Contract("orders", access: .signedIn)
public protocol OrdersAPI: Sendable {
    /// Makes the caller's cart an order. Safe to repeat with the same `Idempotency-Key`.
    @Post("/orders", status: .created, location: "/orders/{id}", takesIdempotencyKey: true)
    func place(_ order: NewOrder) async throws -> Order

    /// The caller's orders, the newest first.
    @Get("/orders")
    func orders(limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Order>

    /// An order of the caller's.
    @Get("/orders/{id}")
    func order(id: UUID) async throws -> Order

    /// What has become of an order of the caller's and then each change, up to its end.
    @Live("/orders/{id}/live")
    func watch(id: UUID) async throws -> MessageStream<OrderStep>

    /// Calls an order off, as long as it is not confirmed. What was charged is given back.
    @Post("/orders/{id}/cancel")
    func cancel(id: UUID) async throws -> Order
}
