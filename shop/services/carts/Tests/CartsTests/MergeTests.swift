import CartsAPI
import CartsTesting
import Foundation
import Guests
import Roost
import RoostStore
import RoostSystemTesting
import Testing

@testable import Carts

/// A guest's cart becomes an account's: all of it, and once.
@Suite(.timeLimit(.minutes(5))) struct MergeTests {
    @Test func theCartIsAddedToTheAccounts() async throws {
        try await CartsShop.run { shop in
            _ = try await (shop.put("TEA-0001", 2), shop.put("TEA-0002", 999))
            let guest = try await shop.guest()
            for (sku, quantity) in [("TEA-0003", 1), ("TEA-0001", 3), ("TEA-0002", 5)] { _ = try await guest.put(sku, quantity) }
            let id = try #require(guest.cookie)
            try await shop.merge(guest)
            #expect(try await shop.content() == "TEA-0001:5 TEA-0002:1000 TEA-0003:1")
            let cart = try await shop.carts.cart(of: .signedIn)
            #expect(cart.total.amount == cart.items.map { $0.unitPrice.amount * $0.quantity }.reduce(0, +))
            // The guest's cart is gone, whoever comes with the cookie.
            #expect(try await guest.content() == "")
            #expect(try await shop.guest(id).content() == "")
            // A changed quantity is that of the product, wherever it came from.
            #expect(try await shop.put("TEA-0001", 4).decode(as: Cart.self).items.map(\.quantity) == [4, 1000, 1])
            try await shop.carts.remove(sku: "TEA-0002", by: .signedIn)
            #expect(try await shop.content() == "TEA-0001:4 TEA-0003:1")
        }
    }

    @Test func aRepeatedMergeAddsNothing() async throws {
        try await CartsShop.run { shop in
            let guest = try await shop.guest()
            _ = try await guest.put("TEA-0001", 2)
            for _ in 1...3 { try await shop.merge(guest) }
            #expect(try await shop.content() == "TEA-0001:2")
            // The cookie is as good as new.
            _ = try await guest.put("TEA-0001", 3)
            try await shop.merge(guest)
            #expect(try await shop.content() == "TEA-0001:5")
        }
    }

    @Test func manyMergesAtOnceAreOne() async throws {
        try await CartsShop.run { shop in
            for round in 1...5 {
                let guest = try await shop.guest(), headers: Headers = ["authorization": "Bearer \(shop.token)"]
                _ = try await guest.put("TEA-0001", 2)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 1...4 {
                        group.addTask { try await shop.merge(guest) }
                        group.addTask { _ = try await guest.http.send(.get, "/cart", headers: headers) }
                    }
                    try await group.waitForAll()
                }
                #expect(try await shop.content() == "TEA-0001:\(2 * round)")
            }
        }
    }

    /// A merge that was interrupted at any point is continued by the next one, once.
    @Test(arguments: 1...7) func anInterruptedMergeIsContinued(after steps: Int) async throws {
        try await CartsShop.run { shop in
            let guest = try await shop.guest()
            _ = try await (shop.put("TEA-0001", 1), guest.put("TEA-0001", 2))
            let id = try #require(guest.cookie.flatMap(GuestID.init))
            try await shop.withStore { store in
                let failing = FailingStore(store, after: steps)
                await #expect(throws: Problem.self) { try await CartRepository(store: failing).merge(id, into: shop.account) }
            }
            // Whoever is a guest here meanwhile begins anew, and changes nothing of what is being merged.
            let isTaken = try await guest.content() == ""
            if isTaken {
                #expect(try await guest.put("TEA-0002").status == .ok && guest.cookie != id.rawValue)
                // The cookie by which the merge could be continued is gone.
                #expect(try await shop.content() == "TEA-0001:3")
            }
            try await shop.orders.merge(GuestCart(guest: id), account: shop.account)
            try await shop.orders.merge(GuestCart(guest: id), account: shop.account)
            #expect(try await shop.content() == "TEA-0001:3")
            #expect(try await guest.content() == (isTaken ? "TEA-0002:1" : ""))
        }
    }

    @Test func aGuestDoesNotEmptyTheCartOfAnHeir() async throws {
        try await CartsShop.run { shop in
            let guest = try await shop.guest()
            _ = try await guest.put("TEA-0001", 2)
            let id = try #require(guest.cookie.flatMap(GuestID.init))
            try await shop.withStore { store in
                await #expect(throws: Problem.self) {
                    try await CartRepository(store: FailingStore(store, after: 3)).merge(id, into: shop.account)
                }
            }
            #expect(try await guest.http.send(.delete, "/cart").status == .noContent)
            try await shop.orders.merge(GuestCart(guest: id), account: shop.account)
            #expect(try await shop.content() == "TEA-0001:2")
        }
    }

    @Test func anAccountsCartThatCannotBeReadCanBeEmptiedByWhoeverWasAGuest() async throws {
        try await CartsShop.run { shop in
            let guest = try await shop.guest()
            _ = try await guest.put("TEA-0001", 2)
            let id = try #require(guest.cookie.flatMap(GuestID.init))
            try await shop.withStore { store in
                try await store.put(CartOwner.account(shop.account).key, Array("?".utf8), ttl: .seconds(60), if: .always)
            }
            let emptied = try await shop.http.send(.delete, "/cart", headers: ["cookie": "guest=\(id.rawValue)"])
            #expect(emptied.status == .noContent)
            #expect(try await shop.content() == "")
            #expect(try await guest.content() == "")
        }
    }

    @Test func onlyOneAccountGetsTheCart() async throws {
        try await CartsShop.run { shop in
            let guest = try await shop.guest(), other = UUID.v7()
            _ = try await guest.put("TEA-0001", 2)
            let id = try #require(guest.cookie.flatMap(GuestID.init))
            // The first account's merge is interrupted after it has taken the cart.
            try await shop.withStore { store in
                await #expect(throws: Problem.self) {
                    try await CartRepository(store: FailingStore(store, after: 3)).merge(id, into: shop.account)
                }
            }
            try await shop.orders.merge(GuestCart(guest: id), account: other)
            #expect(try await shop.orders.snapshot(account: other).cart.items.isEmpty)
            try await shop.merge(guest)
            #expect(try await shop.content() == "TEA-0001:2")
        }
    }

    /// A merge at the sign-in that failed is made up for by any request with both a token and the cookie.
    @Test(arguments: [RequestMethod.get, .put, .delete]) func aTokenWithTheCookieMerges(method: RequestMethod) async throws {
        try await CartsShop.run { shop in
            let guest = try await shop.guest()
            _ = try await guest.put("TEA-0001", 2)
            let response = try await guest.http.send(
                method, method == .get ? "/cart" : "/cart/items/TEA-0002", json: method == .put ? #"{"quantity":1}"# : nil,
                headers: ["authorization": "Bearer \(shop.token)"])
            #expect(response.status.isSuccess)
            #expect(response.headers["set-cookie"]?.hasPrefix("guest=; Max-Age=0; Path=/") == true && guest.cookie == nil)
            #expect(try await shop.content() == (method == .put ? "TEA-0001:2 TEA-0002:1" : "TEA-0001:2"))
        }
    }

    @Test func anEmptiedCartIsEmptyOfBoth() async throws {
        try await CartsShop.run { shop in
            let guest = try await shop.guest()
            _ = try await (shop.put("TEA-0002"), guest.put("TEA-0001", 2))
            let response = try await guest.http.send(.delete, "/cart", headers: ["authorization": "Bearer \(shop.token)"])
            #expect(response.status == .noContent && guest.cookie == nil)
            #expect(try await shop.content() == "")
        }
    }

    @Test func theAccountsCartDecidesTheCurrency() async throws {
        try await CartsShop.run { shop in
            try await shop.sell("USD-1", 1000, "USD")
            let guest = try await shop.guest(), tourist = try await shop.guest()
            _ = try await (shop.put("TEA-0001"), guest.put("USD-1"), tourist.put("USD-1"))
            try await shop.merge(guest)
            #expect(try await shop.content() == "TEA-0001:1")
            try await shop.carts.clear(by: .signedIn)
            try await shop.merge(tourist)
            #expect(try await shop.content() == "USD-1:1")
        }
    }

    @Test func theCartKeepsItsLimits() async throws {
        try await CartsShop.run { shop in
            let guest = try await shop.guest()
            for number in 1...60 {
                try await shop.sell("X-\(number)", 1)
                try await shop.sell("Y-\(number)", 1)
                _ = try await (shop.put("X-\(number)"), guest.put("Y-\(number)"))
            }
            _ = try await guest.put("X-60", 2)
            try await shop.merge(guest)
            let items = try await shop.carts.cart(of: .signedIn).items
            #expect(items.count == 100 && items.filter { $0.sku == "X-60" }.map(\.quantity) == [3])
            try await shop.sell("DEAR", 1_000_000_000_000 - 200)
            let rich = try await shop.guest()
            _ = try await (rich.put("DEAR"), rich.put("X-1", 7))
            try await shop.carts.remove(sku: "X-2", by: .signedIn)
            try await shop.merge(rich)
            let total = try await shop.carts.cart(of: .signedIn).total.amount
            #expect(total <= 1_000_000_000_000)
        }
    }

    @Test func anOrderTakesWhatWasThereAndLeavesWhatIsMerged() async throws {
        try await CartsShop.run { shop in
            _ = try await (shop.put("TEA-0001", 2), shop.put("TEA-0002", 1))
            let snapshot = try await shop.snapshot()
            let guest = try await shop.guest()
            _ = try await (guest.put("TEA-0001", 3), guest.put("TEA-0003", 1))
            try await shop.merge(guest)
            #expect(try await shop.content() == "TEA-0001:5 TEA-0002:1 TEA-0003:1")
            // What the order has claimed is still in the cart: it cannot be ordered again.
            #expect(try #require(try await shop.snapshot().since) <= snapshot.version)
            try await shop.checkOut(snapshot)
            #expect(try await shop.content() == "TEA-0001:3 TEA-0003:1")
            #expect(try #require(try await shop.snapshot().since) > snapshot.version)
        }
    }

    @Test func mergesAndOrdersAtOnceLoseAndDoubleNothing() async throws {
        try await CartsShop.run { shop in
            var ordered = 0
            for _ in 1...10 {
                let guest = try await shop.guest()
                _ = try await guest.put("TEA-0001", 3)
                let snapshot = try await shop.snapshot()
                async let merge: Void = shop.merge(guest)
                async let order: Void = shop.checkOut(snapshot)
                _ = try await (merge, order)
                ordered += snapshot.cart.items.map(\.quantity).reduce(0, +)
            }
            let left = try await shop.carts.cart(of: .signedIn).items.map(\.quantity).reduce(0, +)
            #expect(ordered + left == 30)
        }
    }

    @Test func nobodyButServicesMerges() async throws {
        try await CartsShop.run { shop in
            let guest = try await shop.guest()
            _ = try await guest.put("TEA-0001")
            let cart = try GuestCart(guest: #require(guest.cookie.flatMap(GuestID.init)))
            await #expect(performing: { try await shop.carts.merge(cart, account: shop.account) }, throws: refused(with: .forbidden))
            let response = try await guest.http.send(.put, "/carts/\(shop.account.text)/guest", body: cart)
            #expect(response.status == .forbidden)
            #expect(try await guest.content() == "TEA-0001:1")
        }
    }
}

/// A store that fails after a number of calls.
private actor FailingStore: KeyValueStore {
    private let store: any KeyValueStore
    private var left: Int

    init(_ store: any KeyValueStore, after calls: Int) {
        self.store = store
        left = calls
    }

    private func count() throws {
        guard left > 0 else { throw Problem.unavailable("The store is down.") }
        left -= 1
    }

    func get(_ key: String) async throws -> StoredValue? {
        try count()
        return try await store.get(key)
    }

    func get(_ keys: [String]) async throws -> [StoredValue?] {
        try count()
        return try await store.get(keys)
    }

    func put(_ key: String, _ bytes: [UInt8]?, ttl: Duration?, if condition: PutCondition) async throws -> StoreVersion? {
        try count()
        return try await store.put(key, bytes, ttl: ttl, if: condition)
    }
}
