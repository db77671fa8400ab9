import FoundationEssentials
import Roost

/// Takes orders.
///
/// More of it.
@Contract("orders", access: .signedIn)
public protocol OrdersAPI: Sendable {
    /// Places an order.
    @Post("/orders", status: .created, headers: ["key": "Idempotency-Key"], location: "/orders/{id}")
    func place(_ order: NewOrder, key: String?) async throws -> Order

    @Get("/orders/{id}", access: .anyone)
    func order(id: UUID) async throws -> Order

    @Get("/orders")
    func list(status: Order.Status?, limit: PageLimit?, from start: Date?) async throws -> Page<Order>

    @Delete("/orders/{id}", access: .role("admin"))
    func remove(id: UUID) async throws

    @Put("/orders/{id}/files/{name...}", access: .anyone)
    func store(id: UUID, name: String, _ file: RawBody) async throws -> Int

    @Get("/greeting", access: .anyone)
    func greeting(call: String, service: Int, reply: Bool, caller: String?) async throws -> String

    @Post("/ping", access: .anyone)
    func ping() async throws

    @Post("/payments", access: .anyone)
    func pay(_ call: Payment) async throws -> Payment
}
