import Foundation
import Roost

/// Charges orders, each once.
@Contract("payments")
public protocol PaymentsAPI: Sendable {
    /// Charges an order. Asked again for the same order, it gives the first outcome.
    @Post("/payments/charges", access: .services)
    func charge(_ request: PaymentRequest) async throws -> Payment

    /// Gives an order's money back, where it was charged. Asked again, it changes nothing.
    @Post("/payments/refunds", access: .services)
    func refund(_ request: RefundRequest) async throws

    /// Payments that have an outcome, the newest first.
    @Get("/payments", access: .role("admin"))
    func payments(orderId: UUID?, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Payment>

    /// What the processor tells, signed by HMAC-SHA256 over `timestamp.body`.
    @Post("/payments/webhooks", headers: ["signature": "x-processor-signature", "timestamp": "x-processor-timestamp"])
    func webhook(_ body: RawBody, signature: String?, timestamp: String?) async throws
}
