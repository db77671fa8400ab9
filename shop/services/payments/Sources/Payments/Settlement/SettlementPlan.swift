import Foundation
import Money
import PaymentsAPI
import ProcessorAPI

/// What a report of the processor changes: the state of the payment, its transfers, and the differences.
///
/// This is the only place that decides so, for answers, notices and the processor's record alike. All of it can be repeated: the
/// transfers of a payment have fixed identifiers, and the same report leads to the same ones.
struct SettlementPlan: Sendable {
    /// The payment's state after the report; `nil` if there is no such payment.
    private(set) var status: PaymentStatus?
    /// Whether the processor's record agrees with the payment after the report.
    private(set) var isReconciled = false
    private(set) var transfers: [Transfer] = []
    private(set) var differences: [FoundDifference] = []
    /// The kinds of the payment's differences that are resolved.
    private(set) var resolved: [DifferenceKind] = []
    /// Whether the processor has captured an amount that it must refund.
    private(set) var owesRefund = false

    private let report: ProcessorReport

    /// - Parameters:
    ///   - report: The report.
    ///   - row: The payment; `nil` if there is none, which only the processor's record may say.
    init(for report: ProcessorReport, of row: PaymentRow?) {
        self.report = report
        if let row { settle(row) }
        addReceipts(expecting: row)
        if report.isRecorded {
            addPayouts()
            resolved += [.missing, .failure]
        }
        if report.status == .refunded { resolved += [.unknown, .amount, .status] }
    }

    private mutating func settle(_ row: PaymentRow) {
        let next = row.status.advanced(by: report.status)
        status = next
        // The record is complete, so it also brings in what a payment from before the ledger lacks.
        let present = report.isRecorded ? [] : row.status.transfers
        for kind in next.transfers where !present.contains(kind) { add(kind, row.amount) }
        isReconciled = report.isRecorded && Self.agrees(next, with: report.status)
        owesRefund = report.status == .captured && !next.wasCaptured
        if owesRefund {
            add(.status, "The processor has captured a payment that is \(next.rawValue).", "The processor is asked for a refund.")
        } else if report.status == .declined, next.wasCaptured {
            add(.status, "The processor reports a captured payment as declined.", "The payment stays \(next.rawValue).")
        }
    }

    /// Books money that differs from what the payment expects, against the suspense account.
    private mutating func addReceipts(expecting row: PaymentRow?) {
        guard report.status != .declined, let amount = report.amount else { return }
        let isRefunded = report.status == .refunded
        if let row, let status, status.wasCaptured {
            guard amount != row.amount else { return }
            add(.shortfall, row.amount)
            if isRefunded { add(.shortfallReversal, row.amount) }
            if !isRefunded { add(.amount, "The processor has captured \(amount) of \(row.amount).", "It is in the suspense account.") }
        } else if row == nil, !isRefunded {
            add(.unknown, "The processor has captured \(amount) for no payment.", "It is in the suspense account.")
        }
        add(.unexpected, amount)
        if isRefunded { add(.unexpectedReversal, amount) }
    }

    /// Books the fee and the payout, so that nothing of the charge remains in the clearing account. If the fee does not fit the amount, nothing is
    /// booked, and the amount remains there.
    private mutating func addPayouts() {
        guard report.status != .declined, let amount = report.amount, let fee = report.fee else { return }
        guard fee.currency == amount.currency, let net = try? Money(amount.amount - fee.amount, amount.currency) else {
            return add(.amount, "The processor keeps \(fee) of \(amount).", "No payout is booked.")
        }
        add(.fee, fee)
        add(.payout, net)
        if report.status == .refunded { add(.payoutReversal, amount) }
    }

    private mutating func add(_ kind: TransferKind, _ amount: Money) {
        transfers.append(Transfer(payment: report.payment, kind: kind, amount: amount))
    }

    private mutating func add(_ kind: DifferenceKind, _ found: String, _ action: String) {
        differences.append(FoundDifference(kind, of: report.payment, found, action: action))
    }

    /// Whether the state of a payment and that of its charge mean the same.
    private static func agrees(_ status: PaymentStatus, with charge: ChargeStatus) -> Bool {
        switch charge {
        case .captured: status == .captured
        case .refunded: !status.wasCaptured || status == .refunded
        case .declined: !status.wasCaptured
        }
    }
}
