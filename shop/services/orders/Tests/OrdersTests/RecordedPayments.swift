import Foundation
import PaymentsAPI
import Roost
import RoostSystemTesting

/// Payments that a test answers, and that record what they are asked.
struct RecordedPayments: Sendable {
    let charges = Calls<PaymentRequest>()
    let refunds = Calls<RefundRequest>()
    let api: PaymentsAPIDouble

    /// - Parameters:
    ///   - charge: Answers a charge; by default, every charge is captured.
    ///   - refund: Answers a refund; by default, every refund is accepted.
    init(
        charge: @escaping @Sendable (PaymentRequest) async throws -> Payment = { Payment($0) },
        refund: @escaping @Sendable (RefundRequest) async throws -> Void = { _ in }
    ) {
        api = PaymentsAPIDouble(charge: charges.recording(charge), refund: refunds.recording(refund))
    }

    /// The orders that were to be charged.
    var charged: Set<UUID> { Set(charges.all.map(\.orderId)) }
    /// The orders that were to be refunded.
    var refunded: Set<UUID> { Set(refunds.all.map(\.orderId)) }
}

extension RecordedPayments {
    /// Payments that are down: nothing is charged.
    static var down: RecordedPayments { RecordedPayments(charge: { _ in throw Problem.unavailable("The payments are down.") }) }

    /// Payments whose charges are answered only after the gate is open, even if the caller has gone.
    static func held(by gate: Gate) -> RecordedPayments {
        RecordedPayments(charge: { request in
            await Task { try? await gate.pass() }.value
            return Payment(request)
        })
    }

    /// Payments that depend on the token: `refused` fails permanently, `down` fails until the gate is open, `stuck` can be neither charged
    /// nor refunded; everything else is captured.
    static func choosy(downUntil gate: Gate = Gate()) -> RecordedPayments {
        let stuck = Calls<UUID>()
        return RecordedPayments(
            charge: { request in
                switch request.token {
                case "stuck":
                    stuck.record(request.orderId)
                    throw Problem(.unprocessable, "This is never charged.")
                case "refused": throw Problem(.unprocessable, "This is never charged.")
                case "down" where !gate.isOpen: throw Problem.unavailable("The payments are down.")
                default: return Payment(request)
                }
            },
            refund: { request in
                if stuck.all.contains(where: { $0 == request.orderId }) { throw Problem(.notFound, "There is no refund.") }
            })
    }
}

extension Payment {
    /// A captured payment of a request.
    init(_ request: PaymentRequest) {
        self.init(id: .v7(), orderId: request.orderId, amount: request.amount, status: .captured, createdAt: Date())
    }
}
