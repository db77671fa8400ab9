import Foundation
import Money
import Processor
import ProcessorAPI
import Roost
import RoostSystemTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct ChargeTests {
    private let id = UUID.v7()

    @Test(arguments: ["tok_ok", "tok_slow"]) func aGoodTokenIsCaptured(token: String) async throws {
        try await withProcessor { processor in
            let charge = try await processor.charge(id: id, .of(1999, token))
            #expect(charge.id == id && charge.status == .captured && charge.amount == .euros(cents: 1999))
        }
    }

    @Test(arguments: ["tok_declined", "tok_unheard_of"]) func anyOtherTokenIsDeclined(token: String) async throws {
        try await withProcessor { processor async throws in
            #expect(try await processor.charge(id: id, .of(1999, token)).status == .declined)
            #expect(try await processor.refund(id: id).status == .declined)
        }
    }

    @Test func aFlakyTokenFailsTwiceAndThenWorks() async throws {
        try await withProcessor { processor async throws in
            for _ in 1...2 {
                let error = await #expect(throws: Problem.self) { try await processor.charge(id: id, .of(1999, "tok_flaky")) }
                #expect(error?.status == .unavailable && error?.headers["retry-after"] != nil)
            }
            #expect(try await processor.charge(id: id, .of(1999, "tok_flaky")).status == .captured)
        }
    }

    @Test func aLostResponseIsFoundCharged() async throws {
        try await withProcessor { processor in
            await #expect(throws: Problem.self) { try await processor.charge(id: id, .of(1999, "tok_lost")) }
            // It is charged already, so another request with different content changes nothing.
            let charge = try await processor.charge(id: id, .of(1, "tok_declined"))
            #expect(charge.status == .captured && charge.amount == .euros(cents: 1999))
        }
    }

    @Test func anIdIsChargedOnceHoweverManyAsk() async throws {
        try await withProcessor { processor in
            let amounts = try await withThrowingTaskGroup(of: Int.self) { group in
                for cents in UInt32(1)...8 {
                    group.addTask { [id] in try await processor.charge(id: id, .of(cents, "tok_ok")).amount.amount }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(amounts.count == 1)
        }
    }

    @Test func aRefundIsGivenOnce() async throws {
        try await withProcessor { processor in
            _ = try await processor.charge(id: id, .of(1999, "tok_ok"))
            for _ in 1...2 { #expect(try await processor.refund(id: id).status == .refunded) }
            #expect(try await processor.charge(id: id, .of(1999, "tok_ok")).status == .refunded)
            let error = await #expect(throws: Problem.self) { try await processor.refund(id: .v7()) }
            #expect(error?.status == .notFound)
        }
    }

    @Test func everyFaultIsToldAtOnce() async throws {
        try await TestSystem.run {
            ProcessorService()
        } test: { system in
            let client = try await system.client(of: "processor", as: .service("payments"))
            let response = try await client.send(
                .put, "/charges/\(id.text)", json: #"{"amount":{"amount":-1,"currency":"EURO"},"token":""}"#)
            #expect(response.status == .unprocessable)
            #expect(
                response.problem.errors.map { [$0.pointer, $0.rule] } == [
                    ["/amount/amount", "range"], ["/amount/currency", "format"], ["/token", "length"],
                ])
        }
    }

    @Test func onlyServicesMayCharge() async throws {
        try await TestSystem.run {
            ProcessorService()
        } test: { system in
            let json = #"{"amount":{"amount":1999,"currency":"EUR"},"token":"tok_ok"}"#
            let anyone = try await system.client(of: "processor")
            #expect(try await anyone.send(.put, "/charges/\(id.text)", json: json).status == .forbidden)
            let wrong: Headers = ["x-service-key": "a guess", "x-service-name": "payments"]
            #expect(try await anyone.send(.put, "/charges/\(id.text)", json: json, headers: wrong).status == .unauthorized)
            let account = try await system.client(of: "processor", as: .bearer("some.access.token"))
            #expect(try await account.send(.put, "/charges/\(id.text)/refund").status == .unauthorized)
            let service = try await system.client(ProcessorAPIContract.self, as: .service("payments"))
            let error = await #expect(throws: Problem.self) { try await service.refund(id: id) }
            #expect(error?.status == .notFound)
        }
    }

    private func withProcessor(_ test: (any ProcessorAPI) async throws -> Void) async throws {
        try await TestSystem.run {
            ProcessorService()
        } test: { system in
            try await test(system.client(ProcessorAPIContract.self, as: .service("payments")))
        }
    }
}

extension ChargeRequest {
    static func of(_ cents: UInt32, _ token: String) -> ChargeRequest { ChargeRequest(amount: .euros(cents: cents), token: token) }
}
