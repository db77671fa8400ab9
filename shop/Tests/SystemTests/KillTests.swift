import Foundation
import OrdersAPI
import RoostHTTP
import Testing

/// Every order reaches its final status and is charged once, however often the services are killed.
@Suite(.timeLimit(.minutes(5))) struct KillTests {
    private static let sku = "COF-0003"

    @Test func ordersSurviveTheirServices() async throws {
        let shop = try await ShopProcess.start()
        let http = PooledHTTPClient()
        defer { http.shutdown() }
        let administrator = try await Administrator(of: shop, by: http)
        let customer = try await Customer.signedUp(at: shop, by: http)
        let before = try await administrator.stock(of: Self.sku)
        let tokens = ["tok_ok", "tok_declined", "tok_flaky", "tok_lost", "tok_slow"]
        var placed: [UUID: String] = [:]
        for round in 0..<15 {
            let token = tokens[round % tokens.count]
            // Each round kills another service, while the orders of the previous rounds are in progress.
            shop.killService(["orders", "payments", "catalog"][round % 3])
            placed[try await customer.order(Self.sku, paidBy: token).id] = token
        }
        #expect(placed.count == 15)
        for (id, token) in placed {
            let order = try await customer.end(of: id)
            #expect(order.status == (token == "tok_declined" ? .declined : .confirmed), "\(token)")
            #expect(try await administrator.payments(for: id).count == 1)
        }
        #expect(try await administrator.stock(of: Self.sku) == before - 12)
        let listed = try await patiently { try await customer.orders.orders(of: .signedIn, limit: nil, cursor: nil).items }
        #expect(Set(listed.map(\.id)) == Set(placed.keys))
        #expect(try await customer.mails(16).count == 16)
        #expect(shop.text.contains("was killed by signal 9"))
        #expect(await shop.stop() == 0)
    }
}
