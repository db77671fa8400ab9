import Foundation
import Roost

/// Accepts orders and carries each one through to its final status.
@Contract("orders", access: .signedIn)
public protocol OrdersAPI: Sendable {
    /// Places an order for the content of the caller's cart. It is safe to repeat with the same `Idempotency-Key`.
    @Post("/orders", status: .created, location: "/orders/{id}", takesIdempotencyKey: true)
    func place(_ order: NewOrder, by customer: Principal.Account) async throws -> Order

    /// Lists the caller's orders, newest first.
    @Get("/orders")
    func orders(of customer: Principal.Account, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Order>

    /// Returns an order of the caller.
    @Get("/orders/{id}")
    func order(id: UUID, of customer: Principal.Account) async throws -> Order

    /// Streams the statuses that an order of the caller has had, and then each new one, up to its final status.
    @Live("/orders/{id}/live")
    func watch(id: UUID, of customer: Principal.Account) async throws -> MessageStream<OrderStep>

    /// Cancels an order that is not confirmed yet. Any charge is refunded.
    @Post("/orders/{id}/cancel")
    func cancel(id: UUID, by customer: Principal.Account) async throws -> Order
}
