import Foundation
import PaymentsAPI
import Roost
import RoostSystemTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct RefundTests {
    private let order = UUID.v7()

    @Test func aCapturedPaymentIsRefundedOnce() async throws {
        let processor = RecordedProcessor()
        try await PaymentsSystem.run(with: processor) { system in
            let payment = try await system.payments.charge(.of(order, "tok_ok"))
            for _ in 1...2 { try await system.payments.refund(RefundRequest(orderId: order)) }
            #expect(processor.refunded == [payment.id])
            #expect(try await system.listed(order).map(\.status) == [.refunded])
            #expect(try await system.payments.charge(.of(order, "tok_ok")).status == .refunded)
        }
    }

    @Test func theRealProcessorRefundsToo() async throws {
        try await PaymentsSystem.run { system in
            _ = try await system.payments.charge(.of(order, "tok_ok"))
            try await system.payments.refund(RefundRequest(orderId: order))
            #expect(try await system.listed(order).map(\.status) == [.refunded])
        }
    }

    @Test func aDeclinedPaymentStaysDeclined() async throws {
        try await PaymentsSystem.run { system in
            _ = try await system.payments.charge(.of(order, "tok_declined"))
            try await system.payments.refund(RefundRequest(orderId: order))
            #expect(try await system.listed(order).map(\.status) == [.declined])
        }
    }

    @Test func aChargeWhoseResponseWasLostIsRefunded() async throws {
        try await PaymentsSystem.run { system in
            await #expect(throws: Problem.self) { try await system.payments.charge(.of(order, "tok_lost")) }
            try await system.payments.refund(RefundRequest(orderId: order))
            #expect(try await system.listed(order).map(\.status) == [.refunded])
        }
    }

    @Test func anOrderRefundedBeforeItsChargeIsNeverCharged() async throws {
        let processor = RecordedProcessor()
        try await PaymentsSystem.run(with: processor) { system in
            for _ in 1...2 { try await system.payments.refund(RefundRequest(orderId: order)) }
            #expect(try await system.payments.charge(.of(order, "tok_ok")).status == .void)
            #expect(processor.charged.isEmpty)
            #expect(processor.refunded.isEmpty)
            #expect(try await system.listed(order).isEmpty)
        }
    }
}
