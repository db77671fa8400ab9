import CartsAPI
import CartsTesting
import Foundation
import OrderedCarts
import Roost
import RoostSQLite
import RoostStore
import RoostSystemTesting
import Testing

/// A change of the cart during an order is neither lost nor undone.
@Suite(.timeLimit(.minutes(5))) struct CheckOutTests {
    @Test func whatWasOrderedLeavesAndWhatCameLaterStays() async throws {
        try await CartsShop.run { shop in
            _ = try await (shop.put("TEA-0001"), shop.put("TEA-0002"))
            let snapshot = try await shop.snapshot()
            #expect(snapshot.cart.items.map(\.sku) == ["TEA-0001", "TEA-0002"])
            _ = try await shop.put("TEA-0003")
            try await shop.checkOut(snapshot)
            #expect(try await shop.content() == "TEA-0003:1")
            // Repeated, at any time, it removes nothing more.
            _ = try await shop.put("TEA-0001")
            try await shop.checkOut(snapshot)
            #expect(try await shop.content() == "TEA-0003:1 TEA-0001:1")
            try await shop.checkOut(try await shop.snapshot())
            #expect(try await shop.content() == "")
        }
    }

    @Test(arguments: [1, 2, 5]) func aChangedQuantityStays(quantity: Int) async throws {
        try await CartsShop.run { shop in
            _ = try await (shop.put("TEA-0001", 2), shop.put("TEA-0002", 2))
            let snapshot = try await shop.snapshot()
            _ = try await shop.put("TEA-0001", quantity)
            try await shop.checkOut(snapshot)
            #expect(try await shop.content() == "TEA-0001:\(quantity)")
        }
    }

    @Test func whatWasTakenOutAndPutBackStays() async throws {
        try await CartsShop.run { shop in
            _ = try await (shop.put("TEA-0001"), shop.put("TEA-0002"))
            let snapshot = try await shop.snapshot()
            try await shop.carts.remove(sku: "TEA-0001", by: .signedIn)
            _ = try await shop.put("TEA-0001")
            try await shop.checkOut(snapshot)
            #expect(try await shop.content() == "TEA-0001:1")
        }
    }

    /// Of two snapshots of a cart that have a line in common, only one may be ordered: the later one says that it goes back to a time
    /// before the first.
    @Test func aSnapshotSaysHowOldItsContentIs() async throws {
        try await CartsShop.run { shop in
            _ = try await shop.put("TEA-0001")
            let first = try await shop.snapshot()
            _ = try await shop.put("TEA-0002")
            let second = try await shop.snapshot()
            #expect(try #require(second.since) <= first.version && second.version > first.version)
            try await shop.checkOut(first)
            let third = try await shop.snapshot()
            #expect(try #require(third.since) > first.version)
        }
    }

    @Test func aCartThatBeginsAnewIsBeyondTheOneBefore() async throws {
        let folder = try TemporaryFolder()
        try await CartsShop.run(in: folder) { shop in
            _ = try await shop.put("TEA-0001")
            let before = try await shop.snapshot().version
            // As after 30 days without a change.
            let store = try await SQLiteStore.open(folder.databaseURL("store.db"))
            try await NamespacedStore(store, shared: OrderedCarts.space).delete("cart:\(shop.account.text)")
            await store.close()
            #expect(try await shop.content() == "")
            _ = try await shop.put("TEA-0001")
            #expect(try #require(try await shop.snapshot().since) > before)
        }
    }

    @Test func aCartFromBeforeLinesHadVersionsGoesOn() async throws {
        let folder = try TemporaryFolder()
        try await CartsShop.run(in: folder) { shop in
            let store = try await SQLiteStore.open(folder.databaseURL("store.db"))
            let cart = #"{"items":[{"sku":"TEA-0001","quantity":2},{"sku":"TEA-0002","quantity":1}],"version":7}"#
            try await NamespacedStore(store, shared: OrderedCarts.space).put(
                "cart:\(shop.account.text)", Array(cart.utf8), ttl: .seconds(60), if: .always)
            await store.close()
            let snapshot = try await shop.snapshot()
            #expect(snapshot.version == 7 && snapshot.since == 7)
            _ = try await shop.put("TEA-0002", 3)
            #expect(try await shop.snapshot().since == 7)
            try await shop.checkOut(snapshot)
            #expect(try await shop.content() == "TEA-0002:3")
        }
    }

    @Test func lookingAtACartDoesNotChangeIt() async throws {
        try await CartsShop.run { shop in
            _ = try await shop.put("TEA-0001")
            let version = try await shop.snapshot().version
            for _ in 1...3 { _ = try await shop.carts.cart(of: .signedIn) }
            #expect(try await shop.snapshot().version == version)
        }
    }
}
