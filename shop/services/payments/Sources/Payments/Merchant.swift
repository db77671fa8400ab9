import Foundation
import ProcessorAPI
import Roost

/// The client of the processor. The processor knows only the merchant, and refuses a call that carries a customer's token.
struct Merchant: Sendable {
    let processor: any ProcessorAPI

    /// Charges a payment that has no outcome yet.
    func charge(_ payment: PaymentRow) async throws -> Charge {
        try await asMerchant { try await processor.charge(id: payment.id, ChargeRequest(amount: payment.amount, token: payment.token)) }
    }

    /// Refunds a charge.
    func refund(_ id: UUID) async throws -> Charge { try await asMerchant { try await processor.refund(id: id) } }

    /// Returns entries of the processor's record, oldest first.
    func entries(after number: Int, limit: PageLimit) async throws -> [ChargeEntry] {
        try await asMerchant { try await processor.entries(after: number, limit: limit).items }
    }

    /// Returns the newest entry for a charge; `nil` if the processor does not know the charge.
    func entry(_ id: UUID) async throws -> ChargeEntry? {
        do {
            return try await asMerchant { try await processor.entry(id: id) }
        } catch let problem as Problem where problem.status == .notFound {
            return nil
        }
    }

    private func asMerchant<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        var context = RequestContext.currentOrNew
        context.authorization = nil
        return try await context.run(body)
    }
}
