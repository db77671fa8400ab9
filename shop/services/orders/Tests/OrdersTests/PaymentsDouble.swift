import Foundation
import Money
import PaymentsAPI
import Roost
import RoostSystem

/// Serves payments that a test has written, in the real ones' place.
struct PaymentsDouble: ServiceDefinition {
    let name = "payments"
    let payments: any PaymentsAPI

    func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        ContractProvider(PaymentsAPIContract.self, by: payments)
    }
}

/// Payments that charge, and answer only once they are let go on.
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

    /// Has all charges answered, those under way and those to come.
    func letGo() {
        isHeld = false
        for charge in waiting { charge.resume() }
        waiting = []
    }

    func payments(orderId: UUID?, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Payment> { Page(items: [], next: nil) }
    func webhook(_ body: RawBody, signature: String?, timestamp: String?) async throws {}
}

/// Payments that are down: nothing is charged, and what was asked for is noted.
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
