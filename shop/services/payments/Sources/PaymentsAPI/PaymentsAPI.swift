import Foundation
import Roost

/// Charges each order once.
@Contract("payments")
public protocol PaymentsAPI: Sendable {
    /// Charges an order. If it is repeated for the same order, it returns the first result.
    @Post("/payments/charges", access: .services)
    func charge(_ request: PaymentRequest) async throws -> Payment

    /// Refunds an order if it was charged. If it is repeated, it changes nothing.
    @Post("/payments/refunds", access: .services)
    func refund(_ request: RefundRequest) async throws

    /// Lists the payments with a definite result, newest first.
    @Get("/payments", access: .role("admin"))
    func payments(orderId: UUID?, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Payment>

    /// Receives messages from the processor, signed with HMAC-SHA256 over `timestamp.body`.
    @Post("/payments/webhooks", headers: ["signature": "x-processor-signature", "timestamp": "x-processor-timestamp"])
    func webhook(_ body: RawBody, signature: String?, timestamp: String?) async throws
}
