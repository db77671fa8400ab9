import Foundation
import Money
import PaymentsAPI
import Roost
import RoostSystem

/// Serves a test's own implementation of payments in place of the real one.
struct PaymentsDouble: ServiceDefinition {
    let name = "payments"
    let payments: any PaymentsAPI

    func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        ContractProvider(PaymentsAPIContract.self, by: payments)
    }
}

/// Payments whose charges are answered only after they are released.
actor HeldPayments: PaymentsAPI {
    private(set) var charged: Set<UUID> = []
    private(set) var refunded: Set<UUID> = []
    private var isHeld = true
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func charge(_ request: PaymentRequest) async throws -> Payment {
        charged.insert(request.orderId)
        if isHeld { await withCheckedContinuation { waiting.append($0) } }
        let status: PaymentStatus = refunded.contains(request.orderId) ? .refunded : .captured
        return Payment(id: .v7(), orderId: request.orderId, amount: request.amount, status: status, createdAt: Date())
    }

    func refund(_ request: RefundRequest) async throws { refunded.insert(request.orderId) }

    /// Releases all charges, current and future ones.
    func letGo() {
        isHeld = false
        for charge in waiting { charge.resume() }
        waiting = []
    }

    func payments(orderId: UUID?, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Payment> { Page(items: [], next: nil) }
    func webhook(_ body: RawBody, signature: String?, timestamp: String?) async throws {}
}

/// Payments that are down: nothing is charged, and the requests are recorded.
actor AbsentPayments: PaymentsAPI {
    private(set) var asked: Set<UUID> = []
    private(set) var refunded: Set<UUID> = []

    func charge(_ request: PaymentRequest) async throws -> Payment {
        asked.insert(request.orderId)
        throw Problem.unavailable("The payments are down.")
    }

    func refund(_ request: RefundRequest) async throws { refunded.insert(request.orderId) }
    func payments(orderId: UUID?, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Payment> { Page(items: [], next: nil) }
    func webhook(_ body: RawBody, signature: String?, timestamp: String?) async throws {}
}
