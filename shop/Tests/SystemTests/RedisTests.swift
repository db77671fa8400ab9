import Foundation
import OrdersAPI
import RoostHTTP
import RoostSystemTesting
import TestTools
import Testing

/// The shop with its store in Redis. `SHOP_STORE=redis` runs all other tests of this folder in the same way.
@Suite(.serialized, .timeLimit(.minutes(5))) struct RedisTests {
    @Test(arguments: [[], ["--together"]])
    func theShopRunsOnRedisAndOutlivesIt(arguments: [String]) async throws {
        let redis = try await RedisServer.start(["--appendonly", "yes", "--appendfsync", "always"])
        let shop = try await ShopProcess.start(arguments, ["STORE_URL": redis.url()])
        let http = PooledHTTPClient()
        defer { http.shutdown() }
        let customer = try await Customer.signedUp(at: shop, by: http)
        let first = try await customer.end(of: customer.order("TEA-0001", 2, paidBy: "tok_ok").id)
        #expect(first.status == .confirmed)
        _ = try await customer.carts.put(sku: "TEA-0002", .init(quantity: 3), by: .signedIn)
        redis.kill()
        let caller = HTTPTestClient(http, to: shop.address, as: .bearer(customer.token))
        let refused = try await caller.send(.get, "/cart")
        #expect(refused.status == .unavailable && refused.headers["retry-after"] != nil, "\(refused.status)")
        try await redis.start()
        let cart = try await patiently { try await customer.carts.cart(of: .signedIn) }
        #expect(cart.items.map(\.sku) == ["TEA-0002"], "what was acknowledged is still there")
        // Whoever signs out is refused by every service from then on.
        #expect(try await caller.send(.delete, "/sessions/current").status == .noContent)
        for target in ["/cart", "/orders", "/accounts/me"] {
            #expect(try await caller.send(.get, target).status == .unauthorized, "\(target)")
        }
        let keys = try await redis.command("-n", "1", "--raw", "KEYS", "*").split(separator: "\n")
        // The reconciliation of the payments, which may have begun, takes a lock.
        let expected = ["v:shared/", "v:accounts:", "l:payments:", "roost:lock-tokens"]
        #expect(!keys.isEmpty && keys.allSatisfy { key in expected.contains { key.hasPrefix($0) } }, "\(keys)")
        #expect(!FileManager.default.fileExists(atPath: shop.dataFolder + "/store.db"))
        #expect(await shop.stop() == 0)
    }
}
