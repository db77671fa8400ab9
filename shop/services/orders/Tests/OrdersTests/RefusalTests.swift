import AccountsTesting
import Foundation
import Money
import OrdersAPI
import PaymentsAPI
import Roost
import RoostData
import RoostSQLite
import RoostSystemTesting
import Testing

/// Orders that fail permanently end, and waiting orders do not delay others.
@Suite(.timeLimit(.minutes(5))) struct RefusalTests {
    /// More orders than are processed concurrently.
    private static let many = 70

    @Test(arguments: ["\\u0000", "tok\\u0000_ok", "tok\\n", "", String(repeating: "x", count: 201)])
    func aTokenThatPaymentsWouldRefuseIsRefusedAtTheDoor(token: String) async throws {
        try await OrdersSystem.run { system in
            try await system.stock()
            let customer = try await system.customer()
            let json = OneCartTests.order.replacing("tok_ok", with: token)
            let response = try await customer.http.send(.post, "/orders", json: json)
            #expect(response.status == .unprocessable && Set(response.problem.errors.map(\.pointer)) == ["/paymentToken"])
            #expect(try await customer.carts.cart(of: .signedIn).items.count == 1)
        }
    }

    @Test func ordersThatAreRefusedForGoodEndWithTheReason() async throws {
        let payments = RecordedPayments.choosy(), folder = try TemporaryFolder()
        try await OrdersSystem.run(payments: payments.api, in: folder) { system in
            try await system.stock(1000)
            var refused: [(Customer, Order)] = []
            for _ in 1...Self.many {
                let customer = try await system.customer(mugs: 1)
                refused.append((customer, try await customer.buy("refused")))
            }
            let good = try await system.customer(mugs: 1)
            #expect(try await good.end(of: good.buy()).status == .confirmed)
            for (customer, order) in refused {
                #expect(try await customer.end(of: order).history.map(\.status) == [.pending, .reserved, .declined])
            }
            #expect(try await system.mugs == 999)
            #expect(payments.refunded == Set(refused.map(\.1.id)))
            let reasons = try await reasons(in: folder)
            #expect(reasons.count == Self.many && reasons.allSatisfy { $0.contains("422") && $0.contains("never") })
        }
    }

    @Test func ordersThatWaitAreInNobodysWay() async throws {
        let gate = Gate(), payments = RecordedPayments.choosy(downUntil: gate)
        try await OrdersSystem.run(payments: payments.api) { system in
            try await system.stock(1000)
            var waiting: [(Customer, Order)] = []
            for _ in 1...Self.many {
                let customer = try await system.customer(mugs: 1)
                waiting.append((customer, try await customer.buy("down")))
            }
            try await eventually("all of them were tried") { payments.charged.count == Self.many }
            let good = try await system.customer(mugs: 1)
            #expect(try await good.end(of: good.buy()).status == .confirmed)
            #expect(try await waiting[0].0.cancelled(waiting[0].1).status == .cancelled)
            gate.open()
            for (customer, order) in waiting.dropFirst() { #expect(try await customer.end(of: order).status == .confirmed) }
        }
    }

    @Test func anOrderThatCannotBePutBackIsNotedAndTriedAgainAtTheNextStart() async throws {
        let folder = try TemporaryFolder(), accounts = TestAccounts(), account = UUID.v7()
        var order: Order?
        try await OrdersSystem.run(payments: RecordedPayments.choosy().api, accounts: accounts, in: folder) { system in
            try await system.stock()
            let customer = try await system.customer(account)
            let placed = try await customer.buy("stuck")
            try await eventually("the reason") { try await reasons(in: folder, of: "roost_runs").contains { $0.contains("no refund") } }
            // Its status is still correct: its goods are reserved, and it has not ended.
            #expect(try await customer.orders.order(id: placed.id, of: .signedIn).status == .reserved)
            order = placed
        }
        try await OrdersSystem.run(accounts: accounts, in: folder) { system in
            let customer = try await system.customer(account, mugs: 0)
            #expect(try await customer.end(of: #require(order)).status == .declined)
            #expect(try await system.mugs == OrdersSystem.stock)
        }
    }

    private func reasons(in folder: TemporaryFolder, of table: SQL = "orders") async throws -> [String] {
        let database = try await TestDatabases(in: folder).open("orders")
        let rows = try await database.query("SELECT reason FROM \(table) WHERE reason IS NOT NULL")
        await database.close()
        return try rows.map { try $0.get("reason") }
    }
}

/// A newer version of the service knows states that this one does not.
@Suite(.timeLimit(.minutes(5))) struct UnknownStateTests {
    @Test func anOrderInAnUnknownStateIsLeftAsItIs() async throws {
        let folder = try TemporaryFolder(), accounts = TestAccounts(), account = UUID.v7()
        var order: Order?
        try await OrdersSystem.run(payments: RecordedPayments.down.api, accounts: accounts, in: folder) { system in
            try await system.stock()
            let customer = try await system.customer(account)
            order = try await customer.reach(customer.buy()) { $0 == .reserved }
        }
        let unknown = try #require(order)
        try await set("shipped", in: folder)
        let payments = RecordedPayments.choosy()
        try await OrdersSystem.run(payments: payments.api, accounts: accounts, in: folder) { system in
            let customer = try await system.customer(account, mugs: 1)
            // Another order, placed after the startup has read the database, is completed.
            #expect(try await customer.end(of: customer.buy()).status == .confirmed)
            let answer = try await customer.http.send(.get, "/orders/\(unknown.id.text)")
            #expect(answer.status == .internalError && !answer.text.contains("pending"))
            #expect(try await customer.http.send(.post, "/orders/\(unknown.id.text)/cancel").status == .internalError)
            #expect(!payments.charged.contains(unknown.id))
            #expect(payments.refunds.all.isEmpty)
            #expect(try await system.mugs == OrdersSystem.stock - 3)
        }
        let database = try await TestDatabases(in: folder).open("orders")
        let row = try #require(try await database.first("SELECT status, is_final FROM orders WHERE id = \(unknown.id)"))
        #expect(try (row.get("status"), row.get("is_final")) == ("shipped", false))
        await database.close()
    }

    private func set(_ status: String, in folder: TemporaryFolder) async throws {
        let database = try await TestDatabases(in: folder).open("orders")
        try await database.execute("UPDATE orders SET status = \(status)")
        await database.close()
    }
}

/// The final status of an order that failed permanently is recorded before anything is undone.
@Suite(.timeLimit(.minutes(5))) struct IntendedEndTests {
    @Test func aCrashWhileAnOrderIsPutBackChangesNothingOfItsEnd() async throws {
        let folder = try TemporaryFolder(), accounts = TestAccounts(), account = UUID.v7()
        let payments = RecordedPayments(
            charge: { _ in throw Problem(.unprocessable, "This is never charged.") },
            refund: { _ in throw Problem.unavailable("The payments are down.") })
        var order: Order?
        try await OrdersSystem.run(payments: payments.api, accounts: accounts, in: folder) { system in
            try await system.stock()
            let customer = try await system.customer(account)
            order = try await customer.buy()
            try await payments.refunds.wait(for: 1)
        }
        let placed = try #require(order)
        // In the next process, the payments would accept the charge, and the customer cancels the order.
        let later = RecordedPayments.choosy()
        let database = try await TestDatabases(in: folder).open("orders")
        try await database.execute("UPDATE roost_runs SET is_cancel_requested = 1")
        await database.close()
        try await OrdersSystem.run(payments: later.api, accounts: accounts, in: folder) { system in
            let customer = try await system.customer(account, mugs: 0)
            #expect(try await customer.end(of: placed).history.map(\.status) == [.pending, .reserved, .declined])
            #expect(later.charges.all.isEmpty)
            #expect(later.refunded == [placed.id])
            #expect(try await system.mugs == OrdersSystem.stock)
        }
    }
}
