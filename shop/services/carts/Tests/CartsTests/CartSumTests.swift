import CartsAPI
import CartsTesting
import Foundation
import Money
import Roost
import RoostSystemTesting
import Testing

/// Sums of money are rejected where they would be computed.
@Suite(.timeLimit(.minutes(5))) struct CartSumTests {
    @Test func aCartHasOneCurrency() async throws {
        try await CartsShop.run { shop async throws in
            try await shop.sell("USD-1", 1000, "USD")
            try await shop.sell("USD-2", 500, "USD")
            try await shop.sell("JPY-1", 1000, "JPY")
            #expect(try await shop.put("USD-1").status == .ok)
            let refused = try await shop.put("JPY-1")
            #expect(refused.status == .conflict && refused.problem.detail?.contains("JPY-1 in JPY") == true)
            #expect(try await shop.put("TEA-0001").status == .conflict)
            #expect(try await shop.put("USD-2", 3).decode(as: Cart.self).total == Money(2500, #require(Currency("USD"))))
            #expect(try await shop.content() == "USD-1:1 USD-2:3")
            try await shop.carts.clear(by: .signedIn)
            #expect(try await shop.put("JPY-1").status == .ok)
        }
    }

    @Test func aPriceThatChangesItsCurrencyIsNotAdded() async throws {
        try await CartsShop.run { shop async throws in
            try await shop.sell("A", 1000)
            try await shop.sell("B", 1000)
            _ = try await (shop.put("A"), shop.put("B"))
            try await shop.sell("B", 1000, "JPY")
            #expect(try await shop.http.send(.get, "/cart").status == .conflict)
            #expect(try await shop.put("A", 2).status == .conflict)
            await #expect(performing: { try await shop.snapshot() }, throws: refused(with: .conflict))
            try await shop.carts.remove(sku: "B", by: .signedIn)
            #expect(try await shop.content() == "A:1")
            // A single item is in the current currency of its product.
            try await shop.sell("A", 7, "KWD")
            #expect(try await shop.carts.cart(of: .signedIn).total.description == "0.007 KWD")
        }
    }

    @Test(arguments: [(Money.limit, 2), (Money.limit / 1000 + 1, 1000), (Money.limit, 1000)])
    func aLineBeyondTheLimitIsRefused(price: Int, quantity: Int) async throws {
        try await CartsShop.run { shop async throws in
            try await shop.sell("A", price)
            #expect(try await shop.put("A", 1).status == .ok)
            let response = try await shop.put("A", quantity)
            #expect(response.status == .unprocessable)
            #expect(response.problem.errors.map(\.pointer) == ["/quantity"] && response.problem.errors.map(\.rule) == ["sum"])
            #expect(try await shop.content() == "A:1")
            #expect(try await shop.snapshot().cart.total.amount == price)
        }
    }

    @Test func aTotalBeyondTheLimitIsRefused() async throws {
        try await CartsShop.run { shop async throws in
            try await shop.sell("A", Money.limit)
            try await shop.sell("B", 1)
            #expect(try await shop.put("A").status == .ok)
            #expect(try await shop.put("B").status == .unprocessable)
            #expect(try await shop.content() == "A:1")
            try await shop.sell("A", Money.limit - 1000)
            #expect(try await shop.put("B", 1000).decode(as: Cart.self).total.amount == Money.limit)
            // A price increase causes a sum that no customer chose.
            try await shop.sell("B", 2)
            #expect(try await shop.http.send(.get, "/cart").status == .unprocessable)
            await #expect(performing: { try await shop.snapshot() }, throws: refused(with: .conflict))
            #expect(try await shop.put("B", 500).decode(as: Cart.self).total.amount == Money.limit)
        }
    }

    @Test func anOrderIsMadeAtThePricesThatWereShown() async throws {
        try await CartsShop.run { shop async throws in
            try await shop.sell("A", 1000)
            _ = try await shop.put("A")
            try await shop.sell("A", 1001)
            for _ in 1...2 {
                await #expect(performing: { try await shop.snapshot() }, throws: refused(with: .conflict))
            }
            #expect(try await shop.carts.cart(of: .signedIn).total.amount == 1001)
            #expect(try await shop.snapshot().cart.total.amount == 1001)
            // Another change of the cart shows all of its current prices.
            try await shop.sell("A", 900)
            _ = try await shop.put("TEA-0001")
            #expect(try await shop.snapshot().cart.items.map(\.unitPrice.amount).first == 900)
        }
    }
}
