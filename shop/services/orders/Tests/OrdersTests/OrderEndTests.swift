import Foundation
import Money
import OrdersAPI
import PaymentsAPI
import Roost
import RoostEvents
import RoostSQLite
import RoostSystemTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct OrderEndTests {
    @Test(arguments: ["tok_ok", "tok_flaky"], Arrangement.allCases)
    func anOrderThatIsPaidIsConfirmed(token: String, arrangement: Arrangement) async throws {
        try await OrdersSystem.run(arrangement: arrangement) { system in
            try await system.stock()
            let customer = try await system.customer(mugs: 2)
            let placed = try await customer.buy(token)
            #expect(placed.status == .pending && placed.total == .euros(cents: 3700))
            #expect(placed.items.map(\.sku) == ["MUG"] && placed.items.map(\.quantity) == [2])
            #expect(try await customer.carts.cart(of: .signedIn).items.isEmpty)
            let order = try await customer.end(of: placed)
            #expect(order.status == .confirmed)
            #expect(order.history.map(\.status) == [.pending, .reserved, .paid, .confirmed])
            #expect(order.history.map(\.at) == order.history.map(\.at).sorted())
            #expect(try await system.mugs == OrdersSystem.stock - 2)
            #expect(try await system.payments(of: order) == [.captured])
        }
    }

    @Test(arguments: Arrangement.allCases) func anOrderThatIsDeclinedPutsTheStockBack(arrangement: Arrangement) async throws {
        try await OrdersSystem.run(arrangement: arrangement) { system in
            try await system.stock()
            let customer = try await system.customer()
            let order = try await customer.end(of: customer.buy("tok_declined"))
            #expect(order.history.map(\.status) == [.pending, .reserved, .declined])
            #expect(try await system.mugs == OrdersSystem.stock)
            #expect(try await system.payments(of: order) == [.declined])
        }
    }

    @Test(arguments: Arrangement.allCases) func anOrderBeyondTheStockIsRejectedAndNotCharged(arrangement: Arrangement) async throws {
        try await OrdersSystem.run(arrangement: arrangement) { system in
            try await system.stock()
            let customer = try await system.customer(mugs: OrdersSystem.stock + 1)
            let order = try await customer.end(of: customer.buy())
            #expect(order.history.map(\.status) == [.pending, .rejected])
            #expect(try await system.mugs == OrdersSystem.stock)
            #expect(try await system.payments(of: order).isEmpty)
        }
    }

    @Test func theLastMugsAreSoldOnce() async throws {
        try await OrdersSystem.run { system in
            try await system.stock(5)
            var ends: [OrderStatus] = []
            try await withThrowingTaskGroup(of: OrderStatus.self) { group in
                for _ in 1...6 {
                    let customer = try await system.customer(mugs: 2)
                    group.addTask { try await customer.end(of: customer.buy()).status }
                }
                for try await status in group { ends.append(status) }
            }
            #expect(ends.filter { $0 == .confirmed }.count == 2 && ends.filter { $0 == .rejected }.count == 4)
            #expect(try await system.mugs == 1)
        }
    }

    @Test(arguments: [nil, "other@example.com"]) func anEndIsPublishedOnce(email: String?) async throws {
        let folder = try TemporaryFolder()
        try await OrdersSystem.run(in: folder) { system in
            try await system.stock()
            let customer = try await system.customer()
            let order = try await customer.end(of: customer.buy(email: email))
            let other = try await system.customer()
            let second = try await other.end(of: other.buy("tok_declined"))
            let bus = try await SQLiteEventBus.open(folder.databaseURL("events.db"))
            let member = try await bus.join(GroupMembership("test", topics: [OrderEnded.topic]))
            // Events of different orders come in any order.
            let ends = try await member.deliveries(2).map { try $0.envelope.event(as: OrderEnded.self) }
                .sorted { first, _ in first.orderId == order.id }
            await member.drain()
            await bus.close()
            #expect(ends.map(\.orderId) == [order.id, second.id] && ends.map(\.status) == [.confirmed, .declined])
            #expect(ends[0].accountId == customer.id && ends[0].email == email ?? "\(customer.id.text)@example.com")
            #expect(ends[0].total == .euros(cents: 3700))
        }
    }
}
