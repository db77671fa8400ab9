import AccountsTesting
import Foundation
import OrdersAPI
import Roost
import RoostSystemTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct RestartTests {
    @Test func anOrderCutOffInTheMiddleGoesOnAndIsChargedOnce() async throws {
        let folder = try TemporaryFolder()
        let accounts = TestAccounts()
        let account = UUID.v7()
        var orders: [Order] = []
        try await OrdersSystem.run(payments: RecordedPayments.down.api, accounts: accounts, in: folder) { system in
            try await system.stock()
            for token in ["tok_ok", "tok_declined"] {
                let customer = try await system.customer(account)
                orders.append(try await customer.reach(customer.buy(token)) { $0 == .reserved })
            }
            #expect(try await system.mugs == OrdersSystem.stock - 4)
        }
        try await OrdersSystem.run(accounts: accounts, in: folder) { system in
            let customer = try await system.customer(account, mugs: 0)
            let confirmed = try await customer.end(of: orders[0])
            let declined = try await customer.end(of: orders[1])
            #expect(confirmed.history.map(\.status) == [.pending, .reserved, .paid, .confirmed])
            #expect(declined.history.map(\.status) == [.pending, .reserved, .declined])
            #expect(try await system.payments(of: confirmed) == [.captured])
            #expect(try await system.mugs == OrdersSystem.stock - 2)
        }
    }

    @Test func anOrderWhoseChargeWasUnderWayGoesOn() async throws {
        let folder = try TemporaryFolder()
        let accounts = TestAccounts()
        let account = UUID.v7()
        let gate = Gate(), held = RecordedPayments.held(by: gate)
        var order: Order?
        try await OrdersSystem.run(payments: held.api, accounts: accounts, in: folder) { system in
            try await system.stock()
            let placed = try await system.customer(account).buy()
            #expect(try await held.charges.wait(for: 1).map(\.orderId) == [placed.id])
            order = placed
        }
        // The response arrives after the client has gone.
        gate.open()
        let cutOff = try #require(order)
        try await OrdersSystem.run(accounts: accounts, in: folder) { system in
            let customer = try await system.customer(account, mugs: 0)
            let order = try await customer.end(of: cutOff)
            #expect(order.status == .confirmed)
            #expect(try await system.payments(of: order) == [.captured])
        }
    }
}
