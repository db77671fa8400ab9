import Foundation
import Money
import PaymentsAPI
import Roost
import RoostSystemTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct ChargeTests {
    private let order = UUID.v7()

    @Test(arguments: [("tok_ok", PaymentStatus.captured), ("tok_slow", .captured), ("tok_declined", .declined), ("tok_new", .declined)])
    func aTokenDecidesTheOutcome(token: String, status: PaymentStatus) async throws {
        try await PaymentsSystem.run { system in
            let payment = try await system.payments.charge(.of(order, token))
            #expect(payment.status == status && payment.orderId == order && payment.amount == .euros(cents: 1999))
            #expect(try await system.listed(order).map(\.id) == [payment.id])
        }
    }

    @Test func aFlakyProcessorLeavesThePaymentPendingUntilItWorks() async throws {
        try await PaymentsSystem.run { system in
            for _ in 1...2 {
                let error = await #expect(throws: Problem.self) { try await system.payments.charge(.of(order, "tok_flaky")) }
                #expect(error?.status == .unavailable)
                #expect(try await system.listed(order).isEmpty)
            }
            let payment = try await system.payments.charge(.of(order, "tok_flaky"))
            #expect(payment.status == .captured)
            #expect(try await system.listed(order).map(\.status) == [.captured])
        }
    }

    @Test func aLostResponseIsAskedForAgain() async throws {
        try await PaymentsSystem.run { system async throws in
            await #expect(throws: Problem.self) { try await system.payments.charge(.of(order, "tok_lost")) }
            #expect(try await system.payments.charge(.of(order, "tok_lost")).status == .captured)
            #expect(try await system.listed(order).map(\.status) == [.captured])
        }
    }

    @Test func anOrderIsChargedOnceHoweverManyAsk() async throws {
        let processor = RecordedProcessor()
        try await PaymentsSystem.run(with: processor) { system in
            let payments = try await withThrowingTaskGroup(of: UUID.self) { group in
                for cents in UInt32(1)...8 {
                    group.addTask { [payments = system.payments, order] in try await payments.charge(.of(order, "tok_ok", cents: cents)).id
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(payments.count == 1)
            #expect(Set(processor.charged) == payments)
            #expect(try await system.listed(order).count == 1)
        }
    }

    @Test func anOutcomeIsKeptAndNotAskedForAgain() async throws {
        let processor = RecordedProcessor()
        try await PaymentsSystem.run(with: processor) { system in
            let first = try await system.payments.charge(.of(order, "tok_ok"))
            let second = try await system.payments.charge(.of(order, "tok_declined", cents: 1))
            #expect(second.id == first.id && second.status == .captured && second.amount == first.amount)
            #expect(processor.charged == [first.id])
        }
    }

    @Test(arguments: [Status.badRequest, .unprocessable, .contentTooLarge])
    func whatTheProcessorRefusesForGoodIsDeclined(status: Status) async throws {
        let processor = RecordedProcessor(failing: Problem(status, "No."))
        try await PaymentsSystem.run(with: processor) { system in
            #expect(try await system.payments.charge(.of(order, "tok_ok")).status == .declined)
            #expect(try await system.payments.charge(.of(order, "tok_ok")).status == .declined)
            try await system.payments.refund(RefundRequest(orderId: order))
            #expect(processor.charged.count == 1)
            #expect(processor.refunded.isEmpty)
        }
    }

    @Test(arguments: [Status.unauthorized, .forbidden, .conflict, .tooManyRequests, .badGateway])
    func whatMayPassLeavesThePaymentPending(status: Status) async throws {
        let processor = RecordedProcessor(failing: Problem(status, "Not now."))
        try await PaymentsSystem.run(with: processor) { system async throws in
            for _ in 1...2 { await #expect(throws: Problem.self) { try await system.payments.charge(.of(order, "tok_ok")) } }
            #expect(processor.charged.count == 2)
            #expect(try await system.listed(order).isEmpty)
        }
    }

    @Test func aTokenWithControlCharactersIsRefused() async throws {
        try await PaymentsSystem.run(with: RecordedProcessor()) { system async throws in
            await #expect(
                performing: { try await system.payments.charge(.of(order, "tok\u{1}")) }, throws: refused(with: .unprocessable))
        }
    }

    @Test func onlyServicesMayChargeAndRefund() async throws {
        try await PaymentsSystem.run(with: RecordedProcessor()) { system in
            let administrator = try await system.client(roles: ["admin"])
            let charge = #"{"orderId":"\#(order.text)","amount":{"amount":1999,"currency":"EUR"},"token":"tok_ok"}"#
            #expect(try await administrator.send(.post, "/payments/charges", json: charge).status == .forbidden)
            #expect(try await administrator.send(.post, "/payments/refunds", json: #"{"orderId":"\#(order.text)"}"#).status == .forbidden)
            #expect(try await system.listed(order).isEmpty)
        }
    }
}
