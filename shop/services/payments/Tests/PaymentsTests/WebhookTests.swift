import AccountsTesting
import Foundation
import Money
import Payments
import PaymentsAPI
import ProcessorAPI
import Roost
import RoostAuth
import RoostSystem
import RoostTesting
import Testing

@Suite struct WebhookTests {
    private static let secret = "a secret for webhooks"

    @Test func aGoodNoticeSettlesAPaymentAndALateOneChangesNothing() async throws {
        try await run { client, pending in
            let id = try await pending()
            for (status, outcome) in [
                (ChargeStatus.captured, PaymentStatus.captured), (.declined, .captured), (.refunded, .refunded), (.captured, .refunded),
            ] {
                #expect(try await send(ChargeNotice(chargeId: id.charge, status: status), over: client).status == 204)
                #expect(try await id.status() == outcome)
            }
        }
    }

    @Test func aNoticeThatIsNotTheProcessorsIsRefused() async throws {
        try await run { client, pending in
            let id = try await pending()
            let notice = ChargeNotice(chargeId: id.charge, status: .captured)
            let now = Int(Date().timeIntervalSince1970)
            #expect(try await send(notice, key: "another secret for webhooks", over: client).status == 401)
            #expect(try await send(notice, at: now - 400, over: client).status == 401)
            #expect(try await send(notice, at: now + 400, over: client).status == 401)
            #expect(try await client.send(.post, "/payments/webhooks", json: "{}").status == 401)
            let body = JSON.encode(notice)
            let other = String(decoding: body, as: UTF8.self).replacing("captured", with: "declined")
            let signature = SignedPayload.sign(timestamp: now, body: body, key: Self.secret)
            let changed = try await client.send(
                .post, "/payments/webhooks", json: other,
                headers: ["x-processor-signature": signature, "x-processor-timestamp": String(now)])
            #expect(changed.status == 401)
            #expect(try await id.status() == nil)
        }
    }

    @Test func aNoticeOfNothingIsToldSo() async throws {
        try await run { client, _ in
            let response = try await send(ChargeNotice(chargeId: .v7(), status: .captured), over: client)
            #expect(response.status == 404)
        }
    }

    @Test func aShortSecretStopsTheStart() async throws {
        let error = await #expect(throws: ConfigurationError.self) {
            try await TestSystem.run(["WEBHOOK_SECRET": "short"]) {
                TestAccounts()
                SilentProcessor()
                PaymentsService()
            } test: { _ in
            }
        }
        #expect(error?.description == "WEBHOOK_SECRET=short is wrong: it must be at least 16 characters")
    }

    // MARK: What the tests share

    /// A payment that waits for its outcome.
    private struct Pending {
        let charge: UUID
        /// As an administrator sees it; `nil` where it has no outcome.
        let status: () async throws -> PaymentStatus?
    }

    private func run(_ test: (TestClient, () async throws -> Pending) async throws -> Void) async throws {
        let accounts = TestAccounts(), processor = SilentProcessor()
        try await TestSystem.run(["WEBHOOK_SECRET": Self.secret]) {
            accounts
            processor
            PaymentsService()
        } test: { system in
            let payments = try await system.client(PaymentsAPIContract.self, as: .service("orders"))
            let admin = try await system.client(PaymentsAPIContract.self, as: .bearer(accounts.token(roles: ["admin"])))
            try await test(system.client(of: "payments")) {
                let request = PaymentRequest(orderId: .v7(), amount: .euros(cents: 1), token: "tok_ok")
                await #expect(performing: { try await payments.charge(request) }, throws: refused(with: .unavailable))
                let charge = try #require(await processor.asked.ids.last)
                return Pending(charge: charge) {
                    try await admin.payments(orderId: request.orderId, limit: nil, cursor: nil).items.first?.status
                }
            }
        }
    }

    private func send(
        _ notice: ChargeNotice, key: String = secret, at timestamp: Int = Int(Date().timeIntervalSince1970), over client: TestClient
    ) async throws -> TestResponse {
        let body = JSON.encode(notice)
        return try await client.send(
            .post, "/payments/webhooks", json: String(decoding: body, as: UTF8.self),
            headers: [
                "x-processor-signature": SignedPayload.sign(timestamp: timestamp, body: body, key: key),
                "x-processor-timestamp": String(timestamp),
            ])
    }
}

/// A processor that never answers, and notes what it was asked.
private struct SilentProcessor: ServiceDefinition, ProcessorAPI {
    let name = "processor"
    let contracts: [any Contract.Type] = [ProcessorAPIContract.self]
    let asked = Asked()

    actor Asked {
        private(set) var ids: [UUID] = []
        func note(_ id: UUID) { ids.append(id) }
    }

    func assemble(on host: ServiceHost) async throws -> ServiceAssembly {
        var service = ServiceAssembly()
        service.serve(ProcessorAPIContract.self, by: self)
        return service
    }

    func charge(id: UUID, _ request: ChargeRequest) async throws -> Charge {
        await asked.note(id)
        throw Problem.unavailable("Silent.")
    }

    func refund(id: UUID) async throws -> Charge { throw Problem.unavailable("Silent.") }
}
