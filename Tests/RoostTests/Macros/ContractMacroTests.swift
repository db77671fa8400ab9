import FoundationEssentials
import Roost
import RoostHTTP
import Testing

/// A contract's client calling the contract's endpoints through a router.
struct ContractMacroTests {
    private func client(as principal: Principal = .account("ada", roles: ["admin"])) throws -> any OrdersAPI {
        let router = try Router(OrdersAPIContract.endpoints(of: Orders()))
        return OrdersAPIContract.client(over: DirectCaller(router: router, context: RequestContext(principal: principal)))
    }

    private let newOrder = NewOrder(email: "ada@example.com", lines: [Line(sku: "A-1", quantity: 2, unitPrice: 9.5)])

    @Test func carriesEveryKindOfParameter() async throws {
        let client = try client()
        #expect(try await client.place(newOrder, key: nil).case == 1)
        #expect(try await client.order(id: Orders.id) == Orders.order)
        #expect(try await client.list(status: nil, limit: nil, from: nil).items[0].status == .pending)
        let start = Date(timeIntervalSince1970: 1_000_000)
        let page = try await client.list(status: .default, limit: .default, from: start)
        #expect(page.items[0].status == .default)
        #expect(page.items[0].createdAt == start)
        #expect(page.next == "20")
        try await client.remove(id: Orders.id)
        let file = RawBody(bytes: [1, 2, 3], contentType: "image/png")
        #expect(try await client.store(id: Orders.id, name: "a/b.png", file) == 10)
        #expect(try await client.greeting(call: "ä&=?", service: 1, reply: true, caller: nil) == "ä&=? 1 true nobody")
        try await client.ping()
        #expect(try await client.pay(.cash) == .split(first: .cash, second: .cash))
    }

    @Test func carriesProblems() async throws {
        let client = try client()
        #expect(await problem { try await client.place(newOrder, key: "taken") }?.detail == "The key is taken.")
        #expect(await problem { try await client.order(id: UUID()) }?.status == .notFound)
        var wrong = newOrder
        wrong.email = "nobody"
        let invalid = await problem { try await client.place(wrong, key: nil) }
        #expect(invalid?.errors == [Fault(pointer: "/email", rule: "format", message: "must be an email address")])
    }

    @Test func keepsOutWhoMayNot() async throws {
        let stranger = try client(as: .anonymous), customer = try client(as: .account("bob"))
        #expect(await problem { try await stranger.place(newOrder, key: nil) }?.status == .unauthorized)
        #expect(await problem { try await customer.remove(id: Orders.id) }?.status == .forbidden)
        #expect(try await stranger.order(id: Orders.id) == Orders.order)
    }

    @Test func setsStatusAndLocation() async throws {
        let router = try Router(OrdersAPIContract.endpoints(of: Orders()))
        let caller = DirectCaller(router: router)
        var request = Request(
            .post, "/orders", headers: ["content-type": "application/json"], body: .bytes(JSON.encode(newOrder)))
        let created = try await caller.send(request, for: OrdersAPIContract.Routes.place)
        #expect(created.status == .created)
        #expect(created.headers["location"] == "/orders/01939c5e-0000-7000-8000-000000000001")
        request = Request(.post, "/ping")
        #expect(try await caller.send(request, for: OrdersAPIContract.Routes.ping).status == .noContent)
    }

    @Test func describesItsRoutes() throws {
        let description = OrdersAPIContract.description
        #expect(description.name == "orders")
        #expect(description.summary == "Takes orders." && description.details == "More of it.")
        #expect(description.routes.count == 8)
        let place = OrdersAPIContract.Routes.place
        #expect(place.operation == "orders.place")
        #expect(place.summary == "Places an order.")
        #expect(place.access == .signedIn)
        #expect(place.body?.name == "NewOrder")
        #expect(place.reply?.name == "Order")
        let key = try #require(place.parameters.first)
        #expect(key.name == "key" && key.location == .header("Idempotency-Key") && !key.isRequired)
        #expect(OrdersAPIContract.Routes.remove.access == .role("admin"))
    }

    @Test func servesATypeByItself() async throws {
        let caller = DirectCaller(router: try Router(Hello().endpoints + Idle().endpoints))
        let hello = Hello().endpoints[0].route
        #expect(hello.operation == "hello.hello" && hello.summary == "Greets.")
        #expect(try await text(caller, Request(.get, "/hello/Ada")) == "Hello, Ada!")
        #expect(try await text(caller, Request(.get, "/hello/Ada", query: "times=2")) == "Hello, Ada! Hello, Ada!")
        #expect(try await caller.send(Request(.get, "/hello/Ada", query: "times=x"), for: hello).status == .unprocessable)
        let raw = try await caller.send(Request(.post, "/raw"), for: hello)
        #expect(raw.status == .accepted && raw.headers["x-path"] == "/raw")
    }

    @Test func servesAnActor() async throws {
        let counter = Counter()
        let caller = DirectCaller(router: try Router(counter.endpoints), context: RequestContext(principal: .service("orders")))
        #expect(try await text(caller, Request(.post, "/count", query: "step=3")) == "3")
        #expect(await counter.count == 3)
        let outside = DirectCaller(router: try Router(counter.endpoints))
        #expect(try await outside.send(Request(.post, "/count", query: "step=3"), for: counter.endpoints[0].route).status == .forbidden)
    }

    private func text(_ caller: DirectCaller, _ request: Request) async throws -> String {
        let response = try await caller.send(request, for: Hello().endpoints[0].route)
        return String(decoding: try await response.body.collect(upTo: 1000), as: UTF8.self)
    }

    private func problem<Value>(_ body: () async throws -> Value) async -> Problem? {
        do {
            _ = try await body()
            return nil
        } catch { return error as? Problem }
    }
}
