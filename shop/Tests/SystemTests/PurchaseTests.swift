import Foundation
import OrdersAPI
import RoostHTTP
import RoostSystemTesting
import Testing

/// A customer buys in the real shop, with real processes, over HTTP.
@Suite(.serialized, .timeLimit(.minutes(5))) struct PurchaseTests {
    private let ends: [(token: String, status: OrderStatus)] = [
        ("tok_ok", .confirmed), ("tok_declined", .declined), ("tok_slow", .confirmed), ("tok_flaky", .confirmed), ("tok_lost", .confirmed),
    ]

    @Test(arguments: [[], ["--together"]])
    func everyTokenComesToItsEnd(arguments: [String]) async throws {
        let shop = try await ShopProcess.start(arguments)
        let http = PooledHTTPClient()
        defer { http.shutdown() }
        let administrator = try await Administrator(of: shop, by: http)
        let customer = try await Customer.signedUp(at: shop, by: http)
        let before = try await administrator.stock(of: "TEA-0001")
        for (token, expected) in ends {
            let order = try await customer.end(of: customer.order("TEA-0001", 2, paidBy: token).id)
            #expect(order.status == expected, "\(token)")
            #expect(order.history.first?.status == .pending && order.history.last?.status == expected)
            let payments = try await administrator.payments(for: order.id)
            #expect(payments.map(\.status) == [expected == .confirmed ? .captured : .declined])
            #expect(payments.first?.amount == order.total)
        }
        let tooMany = try await customer.end(of: customer.order("TEA-0001", 1000, paidBy: "tok_ok").id)
        #expect(tooMany.status == .rejected)
        #expect(try await administrator.payments(for: tooMany.id).isEmpty)
        #expect(try await administrator.stock(of: "TEA-0001") == before - 8)
        #expect(try await customer.carts.cart(of: .signedIn).items.isEmpty)
        let mails = try await customer.mails(7)
        #expect(mails.count == 7 && Set(mails.map(\.subject)).count == 7)
        #expect(mails.allSatisfy { $0.html.contains("</p>") && !$0.text.isEmpty })
        #expect(await shop.stop() == 0)
    }

    @Test(arguments: [[], ["--together"]])
    func whatIsCancelledIsPaidBackAndPutBack(arguments: [String]) async throws {
        let shop = try await ShopProcess.start(arguments)
        let http = PooledHTTPClient()
        defer { http.shutdown() }
        let administrator = try await Administrator(of: shop, by: http)
        let customer = try await Customer.signedUp(at: shop, by: http)
        let before = try await administrator.stock(of: "TEA-0001")
        var sold = 0
        while true {
            let order = try await customer.order("TEA-0001", 2, paidBy: "tok_slow")
            try await eventually("the goods are held") { try await customer.orders.order(id: order.id, of: .signedIn).status != .pending }
            let isInTime = (try? await customer.orders.cancel(id: order.id, by: .signedIn)) != nil
            let end = try await customer.end(of: order.id).status
            if isInTime {
                #expect(end == .cancelled)
                #expect(try await administrator.payments(for: order.id).allSatisfy { $0.status == .refunded })
                break
            }
            // The payment takes three seconds, in which a busy machine may not have come to the cancellation.
            #expect(end == .confirmed)
            sold += 2
            try #require(sold < 10)
        }
        #expect(try await administrator.stock(of: "TEA-0001") == before - sold)
        #expect(await shop.stop() == 0)
    }

    @Test(arguments: [[], ["--together"]])
    func theGatewayIsTheOnlyDoor(arguments: [String]) async throws {
        let shop = try await ShopProcess.start(arguments)
        let http = PooledHTTPClient()
        defer { http.shutdown() }
        let client = HTTPTestClient(http, to: shop.address, as: .service("orders"), serviceKey: "a guess")
        for target in ["/health/ready", "/accounts/\(UUID().uuidString)", "/carts/\(UUID().uuidString)"] {
            #expect(try await client.send(.get, target).status == .notFound, "\(target)")
        }
        #expect(try await client.send(.post, "/payments/charges", json: "{}").status == .notFound)
        #expect(try await client.send(.get, "/orders").status == .unauthorized)
        #expect(await shop.stop() == 0)
    }
}
