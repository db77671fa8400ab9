import CartsAPI
import CartsTesting
import Foundation
import OrderedCarts
import Roost
import RoostSQLite
import RoostStore
import RoostSystemTesting
import Testing

/// What is noted as ordered is in the cart no more, though nobody has called the carts service.
@Suite(.timeLimit(.minutes(5))) struct OrderedCartsTests {
    private func run(_ test: (CartsShop, OrderedCarts) async throws -> Void) async throws {
        try await runWithStore { shop, ordered, _ in try await test(shop, ordered) }
    }

    private func runWithStore(_ test: (CartsShop, OrderedCarts, any KeyValueStore) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        try await CartsShop.run(in: folder) { shop in
            let store = try await SQLiteStore.open(folder.databaseURL("store.db"))
            let shared = NamespacedStore(store, shared: OrderedCarts.space)
            try await test(shop, OrderedCarts(store: shared), shared)
            await store.close()
        }
    }

    @Test func whatWasOrderedIsNotShownAndNotOrderedAgain() async throws {
        try await run { shop, ordered in
            _ = try await (shop.put("TEA-0001"), shop.put("TEA-0002"))
            let first = try await shop.snapshot()
            _ = try await shop.put("TEA-0003")
            try await ordered.note(first.version, of: shop.account)
            #expect(try await shop.content() == "TEA-0003:1")
            let second = try await shop.snapshot()
            #expect(second.cart.items.map(\.sku) == ["TEA-0003"] && second.since.map { $0 > first.version } == true)
            // The order's first step finds nothing left to do.
            try await shop.checkOut(first)
            #expect(try await shop.snapshot().version == second.version)
            try await ordered.note(second.version, of: shop.account)
            #expect(try await shop.content() == "")
            #expect(try await shop.snapshot().cart.items.isEmpty)
        }
    }

    /// The process that notes an order may hang or wait for the store, while others place and note the next orders.
    @Test func whatIsNotedLateBringsNothingBack() async throws {
        try await run { shop, ordered in
            _ = try await shop.put("TEA-0001")
            let first = try await shop.snapshot()
            try await shop.checkOut(first)
            _ = try await shop.put("TEA-0002")
            let second = try await shop.snapshot()
            try await ordered.note(second.version, of: shop.account)
            try await shop.checkOut(second)
            try await ordered.note(first.version, of: shop.account)
            #expect(try await shop.content() == "")
            _ = try await shop.put("TEA-0003")
            let third = try await shop.snapshot()
            #expect(third.cart.items.map(\.sku) == ["TEA-0003"] && third.since.map { $0 > second.version } == true)
        }
    }

    /// A product that was ordered counts as new once it is put in again.
    @Test func whatIsPutInAgainIsNew() async throws {
        try await run { shop, ordered in
            _ = try await (shop.put("TEA-0001", 3), shop.put("TEA-0002"))
            try await ordered.note(try await shop.snapshot().version, of: shop.account)
            let answer = try await shop.put("TEA-0001", 1)
            #expect(try answer.decode(as: Cart.self).items.map(\.quantity) == [1])
            #expect(try await shop.content() == "TEA-0001:1")
            #expect(try await shop.snapshot().cart.items.count == 1)
        }
    }

    /// No change brings back what was ordered, also when the mark is gone after it.
    @Test func aChangeTakesOutWhatWasOrdered() async throws {
        let changes: [(CartsShop) async throws -> Void] = [
            { _ = try await $0.put("TEA-0003") }, { try await $0.carts.remove(sku: "TEA-0009", by: .signedIn) },
            { try await $0.carts.clear(by: .signedIn) },
        ]
        for change in changes {
            try await runWithStore { shop, ordered, store in
                _ = try await shop.put("TEA-0001")
                try await ordered.note(try await shop.snapshot().version, of: shop.account)
                try await change(shop)
                try await store.delete(OrderedCarts.key(shop.account))
                #expect(try await !shop.content().contains("TEA-0001"))
            }
        }
    }
}
