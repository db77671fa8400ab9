import Foundation
import PaymentsAPI
import ProcessorAPI
import Roost
import RoostAuth

/// Implements the contract of the payments.
@Service(PaymentsAPI.self)
struct Payments: PaymentsAPI {
    let repository: PaymentRepository
    let processor: any ProcessorAPI
    let webhookSecret: String

    func charge(_ request: PaymentRequest) async throws -> Payment {
        try await ask(repository.begin(request)).payment
    }

    /// Makes the processor charge a pending payment. The payment's identifier is also the charge's, so repeated requests and lost responses
    /// result in a single charge. A charge that the processor refuses permanently is declined.
    private func ask(_ entry: PaymentRow) async throws -> PaymentRow {
        guard entry.status == .pending else { return entry }
        let status: PaymentStatus
        do {
            let charge = try await asMerchant {
                try await processor.charge(id: entry.id, ChargeRequest(amount: entry.amount, token: entry.token))
            }
            status = PaymentStatus(charge.status)
        } catch let error where FailureKind(of: error) == .permanent {
            RequestContext.currentLogger.error(
                "the processor refuses payment \(entry.id.text) of order \(entry.orderId.text) for good: it is declined",
                metadata: ["cause": "\(error)"])
            status = .declined
        }
        return try await repository.settle(entry.id, as: status)
    }

    func refund(_ request: RefundRequest) async throws {
        let payment = try await repository.close(order: request.orderId)
        guard payment.status == .pending || payment.status == .captured else { return }
        // The result of a charge in progress is not known until it has an outcome.
        guard try await ask(payment).status != .declined else { return }
        let charge = try await asMerchant { try await processor.refund(id: payment.id) }
        _ = try await repository.settle(payment.id, as: PaymentStatus(charge.status))
    }

    func payments(orderId: UUID?, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<Payment> {
        try await repository.list(order: orderId, limit: limit ?? .default, after: cursor)
    }

    func webhook(_ body: RawBody, signature: String?, timestamp: String?) async throws {
        try SignedPayload.verify(signature: signature, timestamp: timestamp, body: body.bytes, key: webhookSecret)
        let notice: ChargeNotice
        do {
            notice = try JSON.decode(from: body.bytes)
        } catch {
            throw error.problem
        }
        // A late notice changes nothing, because the status of a payment only advances.
        let payment = try await repository.settle(notice.chargeId, as: PaymentStatus(notice.status))
        // The order has already ended without this payment.
        if notice.status == .captured, [.declined, .void].contains(payment.status) {
            _ = try await asMerchant { try await processor.refund(id: payment.id) }
        }
    }

    /// Calls the processor. It knows the merchant alone, and refuses a call that bears a customer's token.
    private func asMerchant<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        var context = RequestContext.currentOrNew
        context.authorization = nil
        return try await context.run(body)
    }
}

extension PaymentStatus {
    init(_ status: ChargeStatus) {
        switch status {
        case .captured: self = .captured
        case .declined: self = .declined
        case .refunded: self = .refunded
        }
    }
}
