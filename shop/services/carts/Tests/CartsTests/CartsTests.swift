import AccountsTesting
import Carts
import CartsAPI
import CartsTesting
import Catalog
import CatalogAPI
import Foundation
import Money
import Roost
import RoostSystemTesting
import Testing

@Suite struct CartsTests {
    private let accounts = TestAccounts()

    @Test func aCartHasThePricesOfTheMoment() async throws {
        try await run { system in
            let carts = try await customer(of: system)
            #expect(try await carts.cart(of: .signedIn).items.isEmpty)
            _ = try await carts.put(sku: "TEA-0001", CartQuantity(quantity: 3), by: .signedIn)
            let cart = try await carts.put(sku: "TEA-0002", CartQuantity(quantity: 2), by: .signedIn)
            #expect(cart.items.map(\.sku) == ["TEA-0001", "TEA-0002"])
            #expect(cart.items.map(\.lineTotal.amount) == cart.items.map { $0.unitPrice.amount * $0.quantity })
            #expect(cart.total.amount == cart.items.map(\.lineTotal.amount).reduce(0, +) && cart.total.amount > 0)
            let admin = try await system.client(CatalogAPIContract.self, as: .bearer(accounts.token(roles: ["admin"])))
            _ = try await admin.put(
                sku: "TEA-0001",
                ProductDetails(name: "New", description: "", category: "tea", price: .euros(cents: 100), stock: nil, imageUrl: "/x"))
            let line = try #require(try await carts.cart(of: .signedIn).items.first)
            #expect(line.name == "New" && line.lineTotal.amount == 300)
        }
    }

    @Test func quantitiesAreReplacedAndProductsTakenOut() async throws {
        try await run { system in
            let carts = try await customer(of: system)
            _ = try await carts.put(sku: "TEA-0001", CartQuantity(quantity: 3), by: .signedIn)
            #expect(try await carts.put(sku: "TEA-0001", CartQuantity(quantity: 1), by: .signedIn).items.map(\.quantity) == [1])
            _ = try await carts.put(sku: "TEA-0002", CartQuantity(quantity: 1000), by: .signedIn)
            try await carts.remove(sku: "TEA-0001", by: .signedIn)
            try await carts.remove(sku: "TEA-0001", by: .signedIn)
            #expect(try await carts.cart(of: .signedIn).items.map(\.sku) == ["TEA-0002"])
            try await carts.clear(by: .signedIn)
            #expect(try await carts.cart(of: .signedIn).items.isEmpty)
        }
    }

    @Test func whatIsWrongIsRefusedAndChangesNothing() async throws {
        try await run { system in
            let client = try await system.client(of: "carts", as: .bearer(accounts.token()))
            for quantity in [0, 1001, -1] {
                let response = try await client.send(.put, "/cart/items/TEA-0001", json: "{\"quantity\":\(quantity)}")
                #expect(response.status == 422 && response.problem.errors.map(\.pointer) == ["/quantity"])
            }
            #expect(try await client.send(.put, "/cart/items/NONE", json: #"{"quantity":1}"#).status == 404)
            #expect(try await client.send(.get, "/cart").decode(as: Cart.self).items.isEmpty)
            let stranger = try await system.client(of: "carts", as: .bearer("a.b.c"))
            #expect(try await stranger.send(.get, "/cart").status == 401)
        }
    }

    @Test func aCartHoldsAHundredProducts() async throws {
        try await run { system in
            let carts = try await customer(of: system)
            let admin = try await system.client(CatalogAPIContract.self, as: .bearer(accounts.token(roles: ["admin"])))
            let details = ProductDetails(
                name: "A", description: "", category: "test", price: .euros(cents: 1), stock: 1, imageUrl: "/x")
            for number in 0...100 {
                let sku = "X-\(number)"
                _ = try await admin.put(sku: sku, details)
                guard number == 100 else {
                    _ = try await carts.put(sku: sku, CartQuantity(quantity: 1), by: .signedIn)
                    continue
                }
                await #expect(
                    performing: { try await carts.put(sku: sku, CartQuantity(quantity: 1), by: .signedIn) },
                    throws: refused(with: .conflict))
            }
            #expect(try await carts.put(sku: "X-7", CartQuantity(quantity: 2), by: .signedIn).items.count == 100)
        }
    }

    @Test func changesAtTheSameTimeAreAllThere() async throws {
        try await run { system in
            let carts = try await customer(of: system)
            let skus = (1...8).map { "TEA-000\($0)" }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for sku in skus { group.addTask { _ = try await carts.put(sku: sku, CartQuantity(quantity: 1), by: .signedIn) } }
                try await group.waitForAll()
            }
            #expect(try await Set(carts.cart(of: .signedIn).items.map(\.sku)) == Set(skus))
        }
    }

    @Test func cartsAreTheirOwners() async throws {
        try await run { system in
            let account = UUID.v7()
            let carts = try await system.client(CartsAPIContract.self, as: .bearer(accounts.token(for: account)))
            _ = try await carts.put(sku: "TEA-0001", CartQuantity(quantity: 1), by: .signedIn)
            let other = try await customer(of: system)
            #expect(try await other.cart(of: .signedIn).items.isEmpty)
            await #expect(performing: { try await other.snapshot(account: account) }, throws: refused(with: .forbidden))
            await #expect(performing: { try await other.checkOut(account: account, version: 1) }, throws: refused(with: .forbidden))
        }
    }

    // MARK: Helpers

    private func run(_ test: (TestSystem) async throws -> Void) async throws {
        try await TestSystem.run {
            accounts
            CatalogService()
            CartsService()
        } test: {
            try await test($0)
        }
    }

    private func customer(of system: TestSystem) async throws -> any CartsAPI {
        try await system.client(CartsAPIContract.self, as: .bearer(accounts.token()))
    }
}
