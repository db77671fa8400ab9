import CartsAPI
import Foundation
import OrdersAPI
import RecommendationsAPI
import Roost
import RoostHTTP
import RoostSystemTesting
import TestTools
import Testing

/// The shop, and its service in Python, with their events on each bus. `SHOP_EVENTS=rabbitmq` and `SHOP_EVENTS=kafka` run all other tests of
/// this folder in the same way.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BrokerTests {
    private func withShop(
        _ arguments: [String] = [], _ settings: [String: String] = [:], _ test: (ShopProcess, PooledHTTPClient) async throws -> Void
    ) async throws {
        let shop = try await ShopProcess.start(arguments, settings), http = PooledHTTPClient()
        defer { http.shutdown() }
        do {
            try await test(shop, http)
        } catch {
            Issue.record("\(shop.text)")
            throw error
        }
        #expect(await shop.stop() == 0)
    }

    /// Buys two products together.
    private func buy(_ first: String, and second: String, as customer: Customer) async throws {
        _ = try await patiently { try await customer.carts.put(sku: first, CartQuantity(quantity: 1), by: .signedIn) }
        let order = try await customer.end(of: try await customer.order(second, paidBy: "tok_ok").id)
        #expect(order.status == .confirmed)
    }

    /// Waits until a product is recommended for another one.
    private func waitUntil(_ other: String, isRecommendedFor sku: String, by client: HTTPTestClient) async throws {
        try await eventually("\(other) is recommended for \(sku)", within: .seconds(90)) {
            let items = try await client.send(.get, "/products/\(sku)/recommendations").decode(as: RecommendedProducts.self).items
            return items.contains { $0.sku == other }
        }
    }

    @Test(arguments: [[], ["--together"]]) func theServiceInPythonLearnsFromTheEmbeddedLog(arguments: [String]) async throws {
        try await withShop(arguments, ["EVENTS_URL": ""]) { shop, http in
            let customer = try await Customer.signedUp(at: shop, by: http)
            try await buy("TEA-0001", and: "TEA-0002", as: customer)
            try await waitUntil("TEA-0002", isRecommendedFor: "TEA-0001", by: HTTPTestClient(http, to: shop.address))
        }
    }

    @Test(arguments: [[], ["--together"]]) func theShopRunsOnKafkaAndOutlivesABroker(arguments: [String]) async throws {
        let cluster = try await KafkaCluster.start()
        try await withShop(arguments, ["EVENTS_URL": cluster.url()]) { shop, http in
            let client = HTTPTestClient(http, to: shop.address), customer = try await Customer.signedUp(at: shop, by: http)
            try await buy("TEA-0001", and: "TEA-0002", as: customer)
            try await waitUntil("TEA-0002", isRecommendedFor: "TEA-0001", by: client)
            for broker in 1...3 { try await cluster.stop(broker) }
            try await buy("TEA-0003", and: "TEA-0004", as: customer)
            for broker in 1...3 { try await cluster.resume(broker) }
            try await waitUntil("TEA-0004", isRecommendedFor: "TEA-0003", by: client)
            let mails = try await customer.mails(3)
            #expect(mails.count == 3)
        }
    }

    @Test(arguments: [[], ["--together"]]) func theShopRunsOnRabbitMQAndOutlivesIt(arguments: [String]) async throws {
        let server = try await RabbitMQServer.start()
        try await withShop(arguments, ["EVENTS_URL": server.url()]) { shop, http in
            let client = HTTPTestClient(http, to: shop.address), customer = try await Customer.signedUp(at: shop, by: http)
            try await buy("TEA-0001", and: "TEA-0002", as: customer)
            try await waitUntil("TEA-0002", isRecommendedFor: "TEA-0001", by: client)
            try await server.kill()
            // Orders do not need the broker. What they tell waits in the outbox.
            try await buy("TEA-0003", and: "TEA-0004", as: customer)
            try await server.start()
            try await waitUntil("TEA-0004", isRecommendedFor: "TEA-0003", by: client)
            // One at the sign-up, and one at the end of each order.
            let mails = try await customer.mails(3)
            #expect(mails.count == 3)
            #expect(!FileManager.default.fileExists(atPath: shop.dataFolder + "/events.db"))
        }
    }
}
