import FoundationEssentials
import Roost

/// The orders that the tests call: it stores nothing, and returns its arguments.
struct Orders: OrdersAPI {
    static let id = UUID(uuidString: "01939c5e-0000-7000-8000-000000000001") ?? UUID()
    static let order = Order(
        id: id, status: .sentOut, total: 19.99, createdAt: Date(timeIntervalSince1970: 1_763_963_175.25))

    func place(_ order: NewOrder, key: String?) async throws -> Order {
        guard key != "taken" else { throw Problem(.conflict, "The key is taken.") }
        var placed = Self.order
        placed.case = order.lines.count
        return placed
    }

    func order(id: UUID) async throws -> Order {
        guard id == Self.id else { throw Problem(.notFound, "No such order.") }
        return Self.order
    }

    func list(status: Order.Status?, limit: PageLimit?, from start: Date?) async throws -> Page<Order> {
        var order = Self.order
        order.status = status ?? .pending
        order.createdAt = start ?? order.createdAt
        return Page(items: [order], next: limit.map { String($0.count) })
    }

    func remove(id: UUID) async throws {}
    func store(id: UUID, name: String, _ file: RawBody) async throws -> Int { file.bytes.count + name.utf8.count }

    func greeting(call: String, service: Int, reply: Bool, caller: String?) async throws -> String {
        "\(call) \(service) \(reply) \(caller ?? "nobody")"
    }

    func ping() async throws {}
    func pay(_ call: Payment) async throws -> Payment { .split(first: call, second: .cash) }
}

/// A service without a contract.
@Service
struct Hello {
    /// Greets.
    @Get("/hello/{name}") func hello(name: String, times: Int = 1) -> String {
        Array(repeating: "Hello, \(name)!", count: times).joined(separator: " ")
    }

    @Post("/raw", access: .signedIn) func raw(request: Request) throws -> Response {
        Response(.accepted, headers: ["x-path": request.path])
    }
}

@Service(access: .services)
actor Counter {
    var count = 0

    @Post("/count") func count(by step: Int) -> Int {
        count += step
        return count
    }
}

@Service
final class Idle: Sendable {}
