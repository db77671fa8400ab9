import Foundation
import OrdersAPI
import PaymentsAPI
import Roost
import RoostData
import RoostSQLite
import RoostSystemTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct CancellationTests {
    @Test func anOrderWhosePaymentIsPendingIsRefundedAndItsStockPutBack() async throws {
        let gate = Gate(), payments = RecordedPayments.held(by: gate), folder = try TemporaryFolder()
        try await OrdersSystem.run(payments: payments.api, in: folder) { system in
            try await system.stock()
            let customer = try await system.customer()
            let order = try await customer.buy()
            #expect(try await payments.charges.wait(for: 1).map(\.orderId) == [order.id])
            #expect(try await system.mugs == OrdersSystem.stock - 2)
            async let cancelled = customer.cancelled(order)
            // The charge is answered only after the cancellation was recorded; otherwise the order would be confirmed.
            let database = try await TestDatabases(in: folder).open("orders")
            try await eventually("the cancellation") {
                try await database.first("SELECT 1 FROM roost_runs WHERE is_cancel_requested = 1") != nil
            }
            await database.close()
            gate.open()
            #expect(try await cancelled.status == .cancelled)
            #expect(payments.refunded == [order.id])
            #expect(try await system.mugs == OrdersSystem.stock)
            #expect(
                try await customer.orders.order(id: order.id, of: .signedIn).history.map(\.status) == [
                    .pending, .reserved, .paid, .cancelled,
                ])
        }
    }

    @Test func anOrderThatCannotBeChargedIsCancelledAtOnce() async throws {
        let payments = RecordedPayments.down
        try await OrdersSystem.run(payments: payments.api) { system in
            try await system.stock()
            let customer = try await system.customer()
            let order = try await customer.buy()
            #expect(try await payments.charges.wait(for: 1).map(\.orderId) == [order.id])
            let cancelled = try await customer.cancelled(order)
            #expect(cancelled.history.map(\.status) == [.pending, .reserved, .cancelled])
            #expect(payments.refunded == [order.id])
            #expect(try await system.mugs == OrdersSystem.stock)
            #expect(try await customer.orders.cancel(id: order.id, by: .signedIn).status == .cancelled)
        }
    }

    @Test(arguments: [("tok_ok", OrderStatus.confirmed), ("tok_declined", .declined)])
    func anOrderThatHasEndedCannotBeCancelled(token: String, status: OrderStatus) async throws {
        try await OrdersSystem.run { system in
            try await system.stock()
            let customer = try await system.customer()
            let order = try await customer.end(of: customer.buy(token))
            let error = await #expect(throws: Problem.self) { try await customer.orders.cancel(id: order.id, by: .signedIn) }
            #expect(error?.status == .conflict)
            #expect(try await customer.orders.order(id: order.id, of: .signedIn).status == status)
        }
    }
}
