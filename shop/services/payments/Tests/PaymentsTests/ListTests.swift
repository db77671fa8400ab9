import Foundation
import PaymentsAPI
import Roost
import RoostSystemTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct ListTests {
    @Test func onlyAdministratorsSeePayments() async throws {
        try await PaymentsSystem.run(with: RecordedProcessor()) { system in
            let nobody = try await system.system.client(of: "payments").send(.get, "/payments")
            #expect(nobody.status == .unauthorized && nobody.headers["www-authenticate"] == "Bearer")
            #expect(try await system.client().send(.get, "/payments").status == .forbidden)
            #expect(try await system.client(roles: ["admin"]).send(.get, "/payments").status == .ok)
        }
    }

    @Test func paymentsAreListedByOrderAndInPages() async throws {
        try await PaymentsSystem.run(with: RecordedProcessor()) { system in
            let orders = [UUID.v7(), .v7(), .v7()]
            var ids: [UUID] = []
            for order in orders { ids.append(try await system.payments.charge(.of(order, "tok_ok")).id) }
            #expect(try await system.listed(orders[1]).map(\.id) == [ids[1]])
            #expect(try await system.listed(.v7()).isEmpty)
            let first = try await system.administrator.payments(orderId: nil, limit: PageLimit(parameter: "2"), cursor: nil)
            #expect(first.items.map(\.id) == [ids[2], ids[1]])
            let next = try #require(first.next.flatMap(PageCursor.init(parameter:)))
            let second = try await system.administrator.payments(orderId: nil, limit: PageLimit(parameter: "2"), cursor: next)
            #expect(second.items.map(\.id) == [ids[0]] && second.next == nil)
        }
    }

    @Test(arguments: ["limit=0", "limit=101", "limit=x", "cursor=%25", "orderId=7"])
    func aWrongParameterIsNamed(query: String) async throws {
        try await PaymentsSystem.run(with: RecordedProcessor()) { system in
            let response = try await system.client(roles: ["admin"]).send(.get, "/payments?" + query)
            #expect(response.status == .unprocessable)
            #expect(response.problem.errors.map(\.pointer) == ["/" + query.prefix { $0 != "=" }])
        }
    }

    @Test func aPaymentsTokenIsShownToNobody() async throws {
        try await PaymentsSystem.run(with: RecordedProcessor()) { system in
            _ = try await system.payments.charge(.of(.v7(), "tok_of_somebody"))
            let response = try await system.client(roles: ["admin"]).send(.get, "/payments")
            #expect(response.text.contains("captured") && !response.text.contains("tok_of_somebody"))
        }
    }
}
