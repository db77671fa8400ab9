import FoundationEssentials
import Roost
import RoostTesting
import Testing

/// A contract's client that calls the contract's endpoints without a socket.
struct ContractMacroTests {
    private func client(as principal: Principal = .account("ada", roles: ["admin"])) async throws -> any OrdersAPI {
        try await OrdersAPIContract.test(Orders()) { $0.as(principal).calling(OrdersAPIContract.self) }
    }

    private let newOrder = NewOrder(email: "ada@example.com", lines: [Line(sku: "A-1", quantity: 2, unitPrice: 9.5)])

    @Test func carriesEveryKindOfParameter() async throws {
        let client = try await client()
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
        let client = try await client()
        #expect(await problem { try await client.place(newOrder, key: "taken") }?.detail == "The key is taken.")
        #expect(await problem { try await client.order(id: UUID()) }?.status == .notFound)
        var wrong = newOrder
        wrong.email = "nobody"
        let invalid = await problem { try await client.place(wrong, key: nil) }
        #expect(invalid?.errors == [Fault(pointer: "/email", rule: "format", message: "must be an email address")])
    }

    @Test func keepsOutWhoMayNot() async throws {
        let stranger = try await client(as: .anonymous), customer = try await client(as: .account("bob"))
        #expect(await problem { try await stranger.place(newOrder, key: nil) }?.status == .unauthorized)
        #expect(await problem { try await customer.remove(id: Orders.id) }?.status == .forbidden)
        #expect(try await stranger.order(id: Orders.id) == Orders.order)
    }

    @Test func setsStatusAndLocation() async throws {
        try await OrdersAPIContract.test(Orders()) { client in
            let client = client.as(.account("ada"))
            let created = try await client.send(.post, "/orders", body: newOrder)
            #expect(created.status == .created)
            #expect(created.headers["location"] == "/orders/01939c5e-0000-7000-8000-000000000001")
            #expect(try await client.send(.post, "/ping").status == .noContent)
        }
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
        let hello = Hello().endpoints[0].route
        #expect(hello.operation == "hello.hello" && hello.summary == "Greets.")
        try await (Hello().endpoints + Idle().endpoints).test { client in
            #expect(try await client.send(.get, "/hello/Ada").text == "Hello, Ada!")
            #expect(try await client.send(.get, "/hello/Ada?times=2").text == "Hello, Ada! Hello, Ada!")
            #expect(try await client.send(.get, "/hello/Ada?times=x").status == .unprocessable)
            let raw = try await client.as(.account("ada")).send(.post, "/raw")
            #expect(raw.status == .accepted && raw.headers["x-path"] == "/raw")
        }
    }

    @Test func servesAnActor() async throws {
        let counter = Counter()
        try await counter.test { client async throws in
            #expect(try await client.as(.service("orders")).send(.post, "/count?step=3").text == "3")
            #expect(await counter.count == 3)
            #expect(try await client.as(.account("ada")).send(.post, "/count?step=3").status == .forbidden)
        }
    }

    private func problem<Value>(_ body: () async throws -> Value) async -> Problem? {
        do {
            _ = try await body()
            return nil
        } catch { return error as? Problem }
    }
}
