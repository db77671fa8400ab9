import Foundation
import Money
import Processor
import ProcessorAPI
import Roost
import RoostTesting
import Testing

@Suite struct ProcessorTests {
    @Test(arguments: [
        ("tok_ok", ChargeStatus.captured), ("tok_slow", .captured), ("tok_declined", .declined), ("tok_of_nobody", .declined),
    ])
    func aTokenSaysWhatBecomesOfACharge(token: String, status: ChargeStatus) async throws {
        try await run { processor, _ in
            let id = UUID.v7()
            for _ in 0..<2 {
                let charge = try await processor.charge(id: id, ChargeRequest(amount: .euros(cents: 1999), token: token))
                #expect(charge.id == id && charge.status == status && charge.amount == .euros(cents: 1999))
            }
        }
    }

    @Test func anIdIsChargedOnceWhateverIsAskedLater() async throws {
        try await run { processor, _ in
            let id = UUID.v7()
            _ = try await processor.charge(id: id, ChargeRequest(amount: .euros(cents: 1), token: "tok_ok"))
            let again = try await processor.charge(id: id, ChargeRequest(amount: .euros(cents: 2), token: "tok_declined"))
            #expect(again.status == .captured && again.amount == .euros(cents: 1))
        }
    }

    @Test func aFlakyTokenFailsTwice() async throws {
        try await run { _, client in
            let path = "/charges/\(UUID.v7().text)", json = #"{"amount":{"amount":1,"currency":"EUR"},"token":"tok_flaky"}"#
            var statuses: [Status] = []
            for _ in 0..<4 { statuses.append(try await client.send(.put, path, json: json).status) }
            #expect(statuses == [503, 503, 200, 200])
        }
    }

    @Test func aLostAnswerIsLostOnceAndTheChargeMade() async throws {
        try await run { _, client in
            let path = "/charges/\(UUID.v7().text)"
            let json = #"{"amount":{"amount":1,"currency":"EUR"},"token":"tok_lost"}"#
            await #expect(throws: Problem.self) { try await client.send(.put, path, json: json) }
            let again = try await client.send(.put, path, json: #"{"amount":{"amount":1,"currency":"EUR"},"token":"tok_declined"}"#)
            #expect(try again.decode(as: Charge.self).status == .captured)
        }
    }

    @Test func moneyGoesBackWhereItCame() async throws {
        try await run { processor, _ in
            let captured = UUID.v7(), declined = UUID.v7()
            _ = try await processor.charge(id: captured, ChargeRequest(amount: .euros(cents: 1), token: "tok_ok"))
            _ = try await processor.charge(id: declined, ChargeRequest(amount: .euros(cents: 1), token: "tok_declined"))
            for _ in 0..<2 { #expect(try await processor.refund(id: captured).status == .refunded) }
            #expect(try await processor.refund(id: declined).status == .declined)
            #expect(try await processor.charge(id: captured, ChargeRequest(amount: .euros(cents: 1), token: "tok_ok")).status == .refunded)
            await #expect(performing: { try await processor.refund(id: .v7()) }, throws: refused(with: .notFound))
        }
    }

    @Test func onlyServicesCharge() async throws {
        try await TestSystem.run {
            ProcessorService()
        } test: { system in
            let client = try await system.client(of: "processor")
            let json = #"{"amount":{"amount":1,"currency":"EUR"},"token":"tok_ok"}"#
            #expect(try await client.send(.put, "/charges/\(UUID.v7().text)", json: json).status == 403)
            let wrong = try await client.send(
                .put, "/charges/\(UUID.v7().text)", json: json, headers: ["x-service-key": "guess", "x-service-name": "payments"])
            #expect(wrong.status == 401)
        }
    }

    private func run(_ test: (any ProcessorAPI, TestClient) async throws -> Void) async throws {
        try await TestSystem.run {
            ProcessorService()
        } test: { system in
            try await test(
                system.client(ProcessorAPIContract.self, as: .service("payments")),
                system.client(of: "processor", as: .service("payments")))
        }
    }
}
