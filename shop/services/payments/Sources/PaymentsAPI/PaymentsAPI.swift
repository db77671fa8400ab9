import Foundation
import Roost

/// Charges each order once, and keeps the books.
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

    /// Receives messages from the processor, signed with HMAC-SHA256 over `timestamp.body`. A message that is repeated changes nothing.
    @Post("/payments/webhooks", headers: ["signature": "x-processor-signature", "timestamp": "x-processor-timestamp"])
    func webhook(_ body: RawBody, signature: String?, timestamp: String?) async throws

    /// Returns the balances of the ledger's accounts, and whether the books balance.
    @Get("/ledger/balance", access: .role("admin"))
    func balance() async throws -> LedgerBalances

    /// Lists the ledger's transfers, newest first, optionally those of one payment.
    @Get("/ledger/transfers", access: .role("admin"))
    func transfers(payment: UUID?, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<LedgerTransfer>

    /// Returns the last comparison with the processor's record. Its differences are listed newest first: those that it found, and those
    /// found earlier that still need somebody.
    @Get("/ledger/reconciliation", access: .role("admin"))
    func reconciliation(limit: PageLimit?, cursor: PageCursor?) async throws -> Reconciliation

    /// Compares the books with the processor's record now.
    @Post("/ledger/reconciliation", access: .role("admin"))
    func reconcile() async throws -> Reconciliation
}
