import Crypto
import Foundation
import Money
import PaymentsAPI

extension TransferKind {
    /// The account that receives the amount, and the one that gives it.
    var accounts: (debit: LedgerAccount, credit: LedgerAccount) {
        switch self {
        case .authorization, .capture, .decline: (.clearing, .payables)
        case .sale: (.payables, .sales)
        case .refund: (.refunds, .payables)
        case .repayment: (.payables, .clearing)
        case .fee: (.fees, .clearing)
        case .payout: (.bank, .clearing)
        case .payoutReversal: (.clearing, .bank)
        case .shortfall, .unexpectedReversal: (.suspense, .clearing)
        case .shortfallReversal, .unexpected: (.clearing, .suspense)
        }
    }

    /// Whether the transfer changes balances. An authorization and a decline do not.
    var isPosted: Bool { self != .authorization && self != .decline }

    /// Whether the transfer posts or voids the payment's authorization.
    var endsAuthorization: Bool { self == .capture || self == .decline }
}

/// An amount that moves between the two accounts of its kind.
struct Transfer: Hashable, Sendable {
    let payment: UUID
    let kind: TransferKind
    let amount: Money

    /// The identifier, chosen before the transfer is written, so that writing it again is noticed.
    var id: UUID { UUID(nameOf: "\(kind.rawValue)/\(payment.text)") }

    /// The pending transfer that this one posts or voids.
    var pendingID: UUID? { kind.endsAuthorization ? Transfer(payment: payment, kind: .authorization, amount: amount).id : nil }
}

extension UUID {
    /// Creates the identifier that belongs to a name: version 8, from the SHA-256 digest of the name (RFC 9562 §5.8 and appendix B.2).
    init(nameOf name: String) {
        var bytes = Array(SHA256.hash(data: Array(name.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0f | 0x80
        bytes[8] = bytes[8] & 0x3f | 0x80
        self.init(uuid: bytes.withUnsafeBytes { $0.loadUnaligned(as: uuid_t.self) })
    }
}
