import Foundation
import Money
import Processor
import ProcessorAPI
import Roost
import RoostAuth
import RoostSystem
import RoostTesting
import Testing

@Suite struct NoticeTests {
    private static let secret = "a secret for webhooks"

    @Test func eachOutcomeIsToldInOrderSignedAndUntilItIsTaken() async throws {
        let merchant = Merchant()
        try await TestSystem.run {
            merchant
        } test: { payments in
            let settings = ["ADDRESSES": "payments=127.0.0.1:\(try await payments.port(of: "payments"))", "WEBHOOK_SECRET": Self.secret]
            try await TestSystem.run(settings) {
                ProcessorService()
            } test: { system in
                let processor = try await system.client(ProcessorAPIContract.self, as: .service("payments"))
                let first = UUID.v7(), second = UUID.v7()
                _ = try await processor.charge(id: first, ChargeRequest(amount: .euros(cents: 1), token: "tok_ok"))
                _ = try await processor.charge(id: second, ChargeRequest(amount: .euros(cents: 1), token: "tok_declined"))
                _ = try await processor.refund(id: first)
                let notices = try await eventually("three notices") {
                    await merchant.book.taken.count >= 3 ? await merchant.book.taken : nil
                }
                #expect(notices.map(\.chargeId) == [first, second, first])
                #expect(notices.map(\.status) == [.captured, .declined, .refunded])
                #expect(await merchant.book.refusals == 2)
            }
        }
    }

    /// Takes notices at `/payments/webhooks`, the first of them only when it comes a third time.
    private struct Merchant: ServiceDefinition {
        let name = "payments"
        let contracts: [any Contract.Type] = []
        let book = Book()

        func assemble(on host: ServiceHost) async throws -> ServiceAssembly {
            var service = ServiceAssembly()
            service.serve(Webhook(book: book))
            return service
        }
    }

    @Service
    struct Webhook {
        let book: Book

        @Post("/payments/webhooks", headers: ["signature": "x-processor-signature", "timestamp": "x-processor-timestamp"])
        func take(_ body: RawBody, signature: String?, timestamp: String?) async throws {
            try SignedPayload.verify(signature: signature, timestamp: timestamp, body: body.bytes, key: NoticeTests.secret)
            try await book.take(try JSON.decode(ChargeNotice.self, from: body.bytes))
        }
    }

    actor Book {
        private(set) var taken: [ChargeNotice] = []
        private(set) var refusals = 0

        func take(_ notice: ChargeNotice) throws {
            if refusals < 2 {
                refusals += 1
                throw Problem.unavailable("Not now.")
            }
            taken.append(notice)
        }
    }
}
