import Crypto
import Foundation
import Money
import PaymentsAPI
import ProcessorAPI
import Roost

/// What the processor says about a charge: in an answer, in a notice, or in its record.
struct ProcessorReport: Sendable {
    /// The payment, which has the charge's identifier.
    let payment: UUID
    let status: ChargeStatus
    /// The amount that was charged, if the report names it.
    var amount: Money?
    /// What the processor keeps; only its record names it.
    var fee: Money?
    /// The notice, if the report is one.
    var notice: NoticeIdentity?

    /// Whether the report is from the processor's own record.
    var isRecorded: Bool { fee != nil }

    /// A report without an amount.
    init(_ payment: UUID, _ status: ChargeStatus) {
        self.payment = payment
        self.status = status
    }

    /// An answer to a call.
    init(_ charge: Charge) {
        self.init(charge.id, charge.status)
        amount = charge.amount
    }

    /// An entry of the processor's record.
    init(_ entry: ChargeEntry) {
        self.init(entry.charge)
        fee = entry.fee
    }

    /// A notice.
    /// - Parameter body: The notice as it was received.
    init(_ notice: ChargeNotice, received body: [UInt8]) {
        self.init(notice.chargeId, notice.status)
        amount = notice.amount
        self.notice = NoticeIdentity(of: notice, received: body)
    }
}

/// Identifies a notice, so that one that comes again is recognized.
struct NoticeIdentity: Hashable, Sendable {
    let id: UUID
    /// The SHA-256 digest of the body.
    let digest: String

    /// Notices of earlier versions of the processor have no identifier: the body stands for it.
    init(of notice: ChargeNotice, received body: [UInt8]) {
        digest = SHA256.hash(data: body).map { String(UInt16($0) | 0x100, radix: 16).dropFirst() }.joined()
        id = notice.id ?? UUID(nameOf: "notice/\(digest)")
    }
}

extension PaymentStatus {
    /// Returns the state that follows when the processor reports a charge. A state only advances: from pending to captured or declined, from
    /// captured to refunded.
    func advanced(by report: ChargeStatus) -> PaymentStatus {
        switch (self, report) {
        case (.pending, .captured): .captured
        case (.pending, .declined): .declined
        case (.pending, .refunded), (.captured, .refunded): .refunded
        default: self
        }
    }

    /// Whether the payment was captured, whatever happened to it later.
    var wasCaptured: Bool { self == .captured || self == .refunded }

    /// The transfers that a payment in this state has, in order.
    var transfers: [TransferKind] {
        switch self {
        case .pending: [.authorization]
        case .captured: [.authorization, .capture, .sale]
        case .declined: [.authorization, .decline]
        case .refunded: [.authorization, .capture, .sale, .refund, .repayment]
        case .void: []
        }
    }
}
