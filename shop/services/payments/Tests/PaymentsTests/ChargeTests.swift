import AccountsTesting
import Foundation
import Money
import Payments
import PaymentsAPI
import Processor
import ProcessorAPI
import Roost
import RoostTesting
import Testing

/// Payments against the real processor, which is called over the network as in the shop.
@Suite struct ChargeTests {
    private let accounts = TestAccounts()

    @Test(arguments: [
        ("tok_ok", PaymentStatus.captured), ("tok_slow", .captured), ("tok_flaky", .captured), ("tok_lost", .captured),
        ("tok_declined", .declined), ("tok_of_nobody", .declined),
    ])
    func anOrderIsChargedOnceHoweverOftenItIsAsked(token: String, status: PaymentStatus) async throws {
        try await run { payments, processor, admin in
            let request = PaymentRequest(orderId: .v7(), amount: .euros(cents: 1999), token: token)
            let paid = try await withThrowingTaskGroup(of: Payment.self) { group in
                for _ in 0..<3 { group.addTask { try await insist { try await payments.charge(request) } } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(paid.map(\.id)).count == 1)
            #expect(paid.allSatisfy { $0.status == status && $0.orderId == request.orderId })
            let listed = try await admin.payments(orderId: request.orderId, limit: nil, cursor: nil).items
            #expect(listed.map(\.id) == [paid[0].id] && listed[0].amount == .euros(cents: 1999) && listed[0].status == status)
            let charge = try await processor.charge(id: paid[0].id, ChargeRequest(amount: .euros(cents: 1), token: "tok_ok"))
            #expect(PaymentStatus(rawValue: charge.status.rawValue) == status && charge.amount == .euros(cents: 1999))
        }
    }

    @Test func aRefundGivesBackWhatWasCaptured() async throws {
        try await run { payments, processor, admin in
            let request = PaymentRequest(orderId: .v7(), amount: .euros(cents: 5), token: "tok_ok")
            let payment = try await payments.charge(request)
            for _ in 0..<2 { try await payments.refund(RefundRequest(orderId: request.orderId)) }
            #expect(
                try await processor.charge(id: payment.id, ChargeRequest(amount: .euros(cents: 5), token: "tok_ok")).status == .refunded)
            #expect(try await payments.charge(request).status == .refunded)
            #expect(try await admin.payments(orderId: nil, limit: nil, cursor: nil).items.map(\.status) == [.refunded])
        }
    }

    @Test func whatWasDeclinedIsNotGivenBack() async throws {
        try await run { payments, _, admin in
            let request = PaymentRequest(orderId: .v7(), amount: .euros(cents: 5), token: "tok_declined")
            _ = try await payments.charge(request)
            try await payments.refund(RefundRequest(orderId: request.orderId))
            #expect(try await admin.payments(orderId: nil, limit: nil, cursor: nil).items.map(\.status) == [.declined])
        }
    }

    @Test func anOrderThatGaveUpBeforeItWasChargedNeverIs() async throws {
        try await run { payments, _, admin in
            let order = UUID.v7()
            for _ in 0..<2 { try await payments.refund(RefundRequest(orderId: order)) }
            let late = try await payments.charge(PaymentRequest(orderId: order, amount: .euros(cents: 5), token: "tok_ok"))
            #expect(late.status == .void)
            #expect(try await admin.payments(orderId: order, limit: nil, cursor: nil).items.isEmpty)
        }
    }

    @Test func paymentsAreListedTheNewestFirstInPages() async throws {
        try await run { payments, _, admin in
            var ids: [UUID] = []
            for _ in 0..<3 {
                ids.append(try await payments.charge(PaymentRequest(orderId: .v7(), amount: .euros(cents: 1), token: "tok_ok")).id)
            }
            let first = try await admin.payments(orderId: nil, limit: PageLimit(parameter: "2"), cursor: nil)
            let cursor = try #require(first.next.flatMap(PageCursor.init(parameter:)))
            let second = try await admin.payments(orderId: nil, limit: PageLimit(parameter: "2"), cursor: cursor)
            #expect((first.items + second.items).map(\.id) == ids.reversed() && second.next == nil)
        }
    }

    @Test func onlyServicesChargeAndOnlyAdministratorsSee() async throws {
        try await TestSystem.run {
            accounts
            PaymentsService()
            ProcessorService()
        } test: { system in
            let customer = try await system.client(PaymentsAPIContract.self, as: .bearer(accounts.token()))
            let request = PaymentRequest(orderId: .v7(), amount: .euros(cents: 1), token: "tok_ok")
            await #expect(performing: { try await customer.charge(request) }, throws: refused(with: .forbidden))
            await #expect(
                performing: { try await customer.refund(RefundRequest(orderId: request.orderId)) }, throws: refused(with: .forbidden))
            await #expect(
                performing: { try await customer.payments(orderId: nil, limit: nil, cursor: nil) }, throws: refused(with: .forbidden))
            let anyone = try await system.client(of: "payments")
            #expect(try await anyone.send(.get, "/payments").status == 401)
        }
    }

    // MARK: What the tests share

    private func run(_ test: (any PaymentsAPI, any ProcessorAPI, any PaymentsAPI) async throws -> Void) async throws {
        let key = ["SERVICE_KEY": UUID().uuidString]
        try await TestSystem.run(key) {
            ProcessorService()
        } test: { bank in
            let address = ["ADDRESSES": "processor=127.0.0.1:\(try await bank.port(of: "processor"))"]
            try await TestSystem.run(key.merging(address) { $1 }) {
                accounts
                PaymentsService()
            } test: { system in
                try await test(
                    system.client(PaymentsAPIContract.self, as: .service("orders")),
                    bank.client(ProcessorAPIContract.self, as: .service("payments")),
                    system.client(PaymentsAPIContract.self, as: .bearer(accounts.token(roles: ["admin"]))))
            }
        }
    }

    /// Asks again for as long as the service says that it cannot tell, as orders do.
    private func insist(_ call: @Sendable () async throws -> Payment) async throws -> Payment {
        try await eventually("an outcome") {
            do { return try await call() } catch let problem as Problem where problem.status.code >= 500 { return nil }
        }
    }
}
