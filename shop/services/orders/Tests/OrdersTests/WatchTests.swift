import Foundation
import OrdersAPI
import Roost
import RoostHTTP
import RoostSystemTesting
import Testing

/// The progress of an order, live.
@Suite(.timeLimit(.minutes(5))) struct WatchTests {
    private static let life: [OrderStatus] = [.pending, .reserved, .paid, .confirmed]

    @Test func aWatcherSeesEachChangeUpToTheEnd() async throws {
        try await OrdersSystem.run { system in
            try await system.stock()
            let customer = try await system.customer()
            let placed = try await customer.buy("tok_slow")
            var seen: [OrderStep] = []
            for try await step in try await customer.orders.watch(id: placed.id, of: .signedIn) { seen.append(step) }
            #expect(seen.map(\.status) == Self.life)
            #expect(try await customer.orders.order(id: placed.id, of: .signedIn).history.map(\.at) == seen.map(\.at))
            // A later watcher sees the same.
            var later: [OrderStep] = []
            for try await step in try await customer.orders.watch(id: placed.id, of: .signedIn) { later.append(step) }
            #expect(later.map(\.status) == Self.life && later.map(\.at) == seen.map(\.at))
        }
    }

    @Test func aSocketSendsTheStepsAndClosesAfterTheLast() async throws {
        try await OrdersSystem.run { system in
            try await system.stock()
            let customer = try await system.customer()
            let placed = try await customer.buy("tok_declined")
            let http = PooledHTTPClient()
            defer { http.shutdown() }
            let address = HTTPAddress(host: "127.0.0.1", port: try await system.system.port(of: "orders"))
            let token = try await system.accounts.token(for: customer.id)
            let socket = try await http.webSocket(
                "/orders/\(placed.id.text)/live", at: address, subprotocols: ["roost", "bearer.\(token)"])
            #expect(socket.subprotocol == "roost")
            var statuses: [OrderStatus] = []
            while case .text(let text)? = try await socket.receive() {
                statuses.append(try JSON.decode(OrderStep.self, from: Array(text.utf8)).status)
            }
            #expect(statuses == [.pending, .reserved, .declined])
            #expect(await socket.closed() == WebSocketClosure(1000))
        }
    }

    @Test func onlyItsOwnerWatchesAnOrder() async throws {
        try await OrdersSystem.run { system in
            try await system.stock()
            let placed = try await system.customer().buy()
            let other = try await system.customer(mugs: 0)
            await #expect(performing: { try await other.orders.watch(id: placed.id, of: .signedIn) }, throws: refused(with: .notFound))
            let nobody = try await system.system.client(OrdersAPIContract.self)
            await #expect(performing: { try await nobody.watch(id: placed.id, of: .signedIn) }, throws: refused(with: .unauthorized))
        }
    }
}
