import Foundation
import PaymentsAPI
import Roost
import RoostSystem

/// Stands in for the payments service: the order's token says what comes of a charge.
struct TestPayments: ServiceDefinition, PaymentsAPI {
    let name = "payments"
    let contracts: [any Contract.Type] = [PaymentsAPIContract.self]
    private(set) var ledger = Ledger()
    private(set) var answers = false

    /// What the orders were charged.
    actor Ledger {
        private(set) var payments: [UUID: PaymentStatus] = [:]

        func charge(_ order: UUID, as status: PaymentStatus) -> PaymentStatus {
            payments[order] = payments[order] ?? status
            return payments[order] ?? status
        }

        func refund(_ order: UUID) { payments[order] = payments[order] == .captured ? .refunded : payments[order] ?? .void }
    }

    /// The same payments, after they were repaired: they answer, whatever the token.
    func answering() -> TestPayments {
        var payments = TestPayments()
        (payments.ledger, payments.answers) = (ledger, true)
        return payments
    }

    func assemble(on host: ServiceHost) async throws -> ServiceAssembly {
        var service = ServiceAssembly()
        service.serve(PaymentsAPIContract.self, by: self)
        return service
    }

    func charge(_ request: PaymentRequest) async throws -> Payment {
        let status = await ledger.charge(request.orderId, as: request.token == "bad" ? .declined : .captured)
        if request.token == "captured, answer lost", !answers { throw Problem.unavailable("No answer.") }
        return Payment(id: .v7(), orderId: request.orderId, amount: request.amount, status: status, createdAt: Date())
    }

    func refund(_ request: RefundRequest) async throws { await ledger.refund(request.orderId) }

    func payments(orderId: UUID?, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Payment> { Page(items: [], next: nil) }

    func webhook(_ body: RawBody, signature: String?, timestamp: String?) async throws {}
}
