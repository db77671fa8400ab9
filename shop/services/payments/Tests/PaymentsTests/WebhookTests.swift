import AccountsTesting
import Foundation
import Payments
import PaymentsAPI
import ProcessorAPI
import Roost
import RoostAuth
import RoostSystemTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct WebhookTests {
    private let order = UUID.v7()

    @Test func aSignedNoticeSettlesAPendingPayment() async throws {
        try await withPendingPayment { system, processor, id async throws in
            #expect(try await system.listed(order).isEmpty)
            #expect(try await tell(ChargeNotice(chargeId: id, status: .captured), to: system) == .noContent)
            #expect(try await system.listed(order).map(\.status) == [.captured])
            #expect(try await system.payments.charge(.of(order, "tok_ok")).status == .captured)
            #expect(processor.charged == [id])
        }
    }

    @Test func aLateNoticeChangesNothing() async throws {
        try await withPendingPayment { system, _, id async throws in
            for status in [ChargeStatus.captured, .declined] {
                #expect(try await tell(ChargeNotice(chargeId: id, status: status), to: system) == .noContent)
            }
            #expect(try await system.listed(order).map(\.status) == [.captured])
            for status in [ChargeStatus.refunded, .captured] {
                #expect(try await tell(ChargeNotice(chargeId: id, status: status), to: system) == .noContent)
            }
            #expect(try await system.listed(order).map(\.status) == [.refunded])
        }
    }

    /// The processor contradicts itself: it refuses the charge permanently, and then reports it as captured. The order has already ended
    /// without payment.
    @Test func whatIsCapturedAfterItsOrderIsOverIsGivenBack() async throws {
        let processor = RecordedProcessor(failing: Problem(.unprocessable, "No."))
        try await PaymentsSystem.run(with: processor) { system async throws in
            let payment = try await system.payments.charge(.of(order, "tok_ok"))
            #expect(payment.status == .declined)
            #expect(try await tell(ChargeNotice(chargeId: payment.id, status: .declined), to: system) == .noContent)
            #expect(processor.refunded.isEmpty)
            #expect(try await tell(ChargeNotice(chargeId: payment.id, status: .captured), to: system) == .noContent)
            #expect(processor.refunded == [payment.id])
            #expect(try await system.listed(order).map(\.status) == [.declined])
        }
    }

    @Test func aNoticeOfAnUnknownPaymentIsA404() async throws {
        try await withPendingPayment { system, _, _ async throws in
            #expect(try await tell(ChargeNotice(chargeId: .v7(), status: .captured), to: system) == .notFound)
        }
    }

    @Test func aMissingWrongOrOldSignatureIsRefused() async throws {
        try await withPendingPayment { system, _, id async throws in
            let body = JSON.encode(ChargeNotice(chargeId: id, status: .captured)), now = Int(Date().timeIntervalSince1970)
            let good = SignedPayload.sign(timestamp: now, body: body, key: PaymentsSystem.webhookSecret)
            let old = SignedPayload.sign(timestamp: now - 3600, body: body, key: PaymentsSystem.webhookSecret)
            let refused: [(String?, Int?)] = [
                (nil, nil), (nil, now), (good, nil), ("", now), (String(repeating: "0", count: 64), now),
                (SignedPayload.sign(timestamp: now, body: body, key: "another secret"), now),
                (SignedPayload.sign(timestamp: now, body: body + [0x20], key: PaymentsSystem.webhookSecret), now),
                (good, now + 1), (old, now - 3600), (old, now),
            ]
            for (signature, timestamp) in refused {
                #expect(try await send(body, signature, timestamp, to: system) == .unauthorized)
            }
            #expect(try await system.listed(order).isEmpty)
            #expect(try await send(body, good, now, to: system) == .noContent)
        }
    }

    @Test func aSignedBodyThatIsNoNoticeIsRefused() async throws {
        try await withPendingPayment { system, _, id async throws in
            let now = Int(Date().timeIntervalSince1970)
            let wrong: [(String, Status)] = [("{", .badRequest), (#"{"chargeId":"\#(id.text)","status":"lost"}"#, .unprocessable)]
            for (text, status) in wrong {
                let body = Array(text.utf8)
                let signature = SignedPayload.sign(timestamp: now, body: body, key: PaymentsSystem.webhookSecret)
                #expect(try await send(body, signature, now, to: system) == status)
            }
        }
    }

    @Test func aShortSecretStopsTheStart() async throws {
        let error = await #expect(throws: ConfigurationError.self) {
            try await TestSystem.run(["WEBHOOK_SECRET": "short"]) {
                TestAccounts()
                ServiceDouble(ProcessorAPIContract.self, by: ProcessorAPIDouble())
                PaymentsService()
            } test: { _ in
            }
        }
        #expect(error?.description == "WEBHOOK_SECRET=*** is wrong: it must be at least 16 characters")
    }

    /// Runs a test with a payment for which the processor has not answered.
    private func withPendingPayment(_ test: (PaymentsSystem, RecordedProcessor, UUID) async throws -> Void) async throws {
        let processor = RecordedProcessor.down
        try await PaymentsSystem.run(with: processor) { system in
            await #expect(throws: Problem.self) { try await system.payments.charge(.of(order, "tok_ok")) }
            try await test(system, processor, #require(processor.charged.first))
        }
    }

    private func tell(_ notice: ChargeNotice, to system: PaymentsSystem) async throws -> Status {
        let body = JSON.encode(notice), now = Int(Date().timeIntervalSince1970)
        return try await send(
            body, SignedPayload.sign(timestamp: now, body: body, key: PaymentsSystem.webhookSecret), now, to: system)
    }

    private func send(_ body: [UInt8], _ signature: String?, _ timestamp: Int?, to system: PaymentsSystem) async throws -> Status {
        var headers: Headers = [:]
        headers["x-processor-signature"] = signature
        headers["x-processor-timestamp"] = timestamp.map(String.init)
        let client = try await system.system.client(of: "payments")
        return try await client.send(.post, "/payments/webhooks", json: String(decoding: body, as: UTF8.self), headers: headers).status
    }
}
