import Foundation
import PaymentsAPI
import ProcessorAPI
import Roost
import RoostAuth
import RoostData
import RoostStore
import ShopCommon

/// Implements the contract of the payments.
@Service(PaymentsAPI.self)
struct Payments: PaymentsAPI {
    let repository: PaymentRepository
    /// All settlements change the same few balances, and would wait for one another.
    let settlements: GroupCommit<ProcessorReport, Settlement>
    let reconciler: Reconciler
    let processor: Merchant
    let webhookSecret: String

    /// - Parameters:
    ///   - database: The service's own database.
    ///   - processor: The processor, or a client of it.
    ///   - store: The store with the lock that lets one process at a time compare the books with the processor's record.
    ///   - webhookSecret: The secret with which the processor signs its notices.
    init(database: Database, processor: any ProcessorAPI, store: any Store, webhookSecret: String) {
        let ledger = Ledger(database: database), differences = Differences(database: database)
        let settlements = Settlements(database: database, ledger: ledger, differences: differences)
        repository = PaymentRepository(database: database, ledger: ledger, differences: differences)
        self.settlements = GroupCommit(limit: 64, capacity: 1024) { try await settlements.settle($0) }
        self.processor = Merchant(processor: processor)
        reconciler = Reconciler(settlements: settlements, processor: self.processor, store: store)
        self.webhookSecret = webhookSecret
    }

    func charge(_ request: PaymentRequest) async throws -> Payment {
        let entry = try await repository.begin(request)
        ShopPlace.paymentBegun.reach()
        return try await ask(entry).payment
    }

    /// Makes the processor charge a pending payment. The payment's identifier is also the charge's, so repeated requests and lost responses
    /// result in a single charge. A charge that the processor refuses permanently is declined.
    private func ask(_ entry: PaymentRow) async throws -> PaymentRow {
        guard entry.status == .pending else { return entry }
        let report: ProcessorReport
        do {
            report = ProcessorReport(try await processor.charge(entry))
        } catch let error where FailureKind(of: error) == .permanent {
            RequestContext.currentLogger.error(
                "the processor refuses payment \(entry.id.text) of order \(entry.orderId.text) for good: it is declined",
                metadata: ["cause": "\(error)"])
            report = ProcessorReport(entry.id, .declined)
        }
        ShopPlace.paymentAnswered.reach()
        let payment = try await settle(report)
        ShopPlace.paymentSettled.reach()
        return payment
    }

    func refund(_ request: RefundRequest) async throws {
        let payment = try await repository.close(order: request.orderId)
        guard payment.status == .pending || payment.status == .captured else { return }
        // The result of a charge in progress is not known until it has an outcome.
        guard try await ask(payment).status != .declined else { return }
        let refund = ProcessorReport(try await processor.refund(payment.id))
        ShopPlace.paymentRefunded.reach()
        _ = try await settle(refund)
    }

    /// Settles a payment. If the processor captured it although the order had ended without payment, the processor is asked for a refund.
    /// - Throws: A `Problem` with status 404 if there is no such payment.
    private func settle(_ report: ProcessorReport) async throws -> PaymentRow {
        let settlement = try await settlements.commit(report)
        guard !settlement.isForged else {
            throw Problem(.unprocessable, "Another notice came with the same identifier.")
        }
        guard let payment = settlement.payment else { throw Problem(.notFound, "There is no such payment.") }
        guard settlement.owesRefund else { return payment }
        let refund = ProcessorReport(try await processor.refund(payment.id))
        return try await settlements.commit(refund).payment ?? payment
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
        _ = try await settle(ProcessorReport(notice, received: body.bytes))
        ShopPlace.webhookReceived.reach()
    }

    func balance() async throws -> LedgerBalances { try await repository.ledger.balances() }

    func transfers(payment: UUID?, limit: PageLimit?, cursor: PageCursor?) async throws -> Page<LedgerTransfer> {
        try await repository.ledger.list(payment: payment, limit: limit ?? .default, after: cursor)
    }

    func reconciliation(limit: PageLimit?, cursor: PageCursor?) async throws -> Reconciliation {
        try await reconciler.last(limit: limit ?? .default, after: cursor)
    }

    func reconcile() async throws -> Reconciliation {
        try await reconciler.reconcile()
        return try await reconciler.last(limit: .default, after: nil)
    }
}
