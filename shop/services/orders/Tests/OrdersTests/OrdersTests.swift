import CartsAPI
import Foundation
import OrdersAPI
import Roost
import RoostTesting
import Testing

@Suite struct OrdersTests {
    private static let json = String(decoding: JSON.encode(NewOrder(paymentToken: "ok", shippingAddress: Shop.address)), as: UTF8.self)

    @Test func anEmptyCartIsNoOrder() async throws {
        try await Shop.run { shop in
            let response = try await client(of: shop).send(.post, "/orders", json: Self.json)
            #expect(response.status == 422 && response.problem.errors.map(\.rule) == ["cart"])
        }
    }

    @Test func everyFaultIsToldAtOnce() async throws {
        try await Shop.run { shop in
            let json = #"{"paymentToken":"","shippingAddress":{"name":"A","street":"","city":"P","country":"F"},"email":"x"}"#
            let response = try await client(of: shop).send(.post, "/orders", json: json)
            #expect(response.status == 422)
            #expect(
                Set(response.problem.errors.map(\.pointer)) == [
                    "/paymentToken", "/shippingAddress/street", "/shippingAddress/postalCode", "/shippingAddress/country", "/email",
                ])
        }
    }

    @Test func aPlacedOrderIsWhereItsLocationSays() async throws {
        try await Shop.run { shop in
            _ = try await shop.carts.put(sku: Shop.sku, CartQuantity(quantity: 1))
            let client = try await client(of: shop)
            let response = try await client.send(.post, "/orders", json: Self.json)
            let location = try #require(response.headers["location"])
            #expect(response.status == 201)
            #expect(try await client.send(.get, location).decode(as: Order.self).id == response.decode(as: Order.self).id)
        }
    }

    @Test func theSameKeyGivesTheSameOrder() async throws {
        try await Shop.run { shop in
            _ = try await shop.carts.put(sku: Shop.sku, CartQuantity(quantity: 1))
            let client = try await client(of: shop)
            let first = try await client.send(.post, "/orders", json: Self.json, headers: ["idempotency-key": "one"])
            let second = try await client.send(.post, "/orders", json: Self.json, headers: ["idempotency-key": "one"])
            #expect(first.status == 201 && second.status == 201 && first.text == second.text)
            let other = Self.json.replacing("Paris", with: "Rome")
            #expect(try await client.send(.post, "/orders", json: other, headers: ["idempotency-key": "one"]).status == 422)
            #expect(try await shop.orders.orders(limit: nil, cursor: nil).items.count == 1)
        }
    }

    @Test func theSameKeyAtTheSameTimeMakesOneOrder() async throws {
        try await Shop.run { shop in
            _ = try await shop.carts.put(sku: Shop.sku, CartQuantity(quantity: 1))
            let client = try await client(of: shop)
            let statuses = try await withThrowingTaskGroup(of: Status.self) { group in
                for _ in 0..<10 {
                    group.addTask { try await client.send(.post, "/orders", json: Self.json, headers: ["idempotency-key": "one"]).status }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(statuses.contains(.created) && statuses.isSubset(of: [.created, .conflict]))
            #expect(try await shop.orders.orders(limit: nil, cursor: nil).items.count == 1)
        }
    }

    @Test func anothersOrderIsNotThere() async throws {
        try await Shop.run { shop in
            let id = try await shop.buy(with: "ok").id
            let other = try await shop.system.client(OrdersAPIContract.self, as: .bearer(shop.accounts.token()))
            await #expect(performing: { try await other.order(id: id) }, throws: refused(with: .notFound))
            await #expect(performing: { try await other.cancel(id: id) }, throws: refused(with: .notFound))
            #expect(try await other.orders(limit: nil, cursor: nil).items.isEmpty)
            #expect(try await shop.system.client(of: "orders").send(.get, "/orders").status == 401)
            #expect(try await client(of: shop).send(.get, "/orders/1").status == 404)
        }
    }

    @Test func ordersAreListedTheNewestFirstInPages() async throws {
        try await Shop.run { shop in
            var ids: [UUID] = []
            for _ in 0..<3 { ids.append(try await shop.buy(1, with: "ok").id) }
            let first = try await shop.orders.orders(limit: PageLimit(parameter: "2"), cursor: nil)
            let cursor = try #require(first.next.flatMap(PageCursor.init(parameter:)))
            let second = try await shop.orders.orders(limit: PageLimit(parameter: "2"), cursor: cursor)
            #expect((first.items + second.items).map(\.id) == ids.reversed() && second.next == nil)
        }
    }

    private func client(of shop: Shop) async throws -> TestClient {
        try await shop.system.client(of: "orders", as: .bearer(shop.token))
    }
}
