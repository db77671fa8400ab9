import Foundation
import Money
import ProcessorAPI
import Roost
import RoostSystemTesting

/// A processor that captures every charge unless a test says otherwise, and records what it is asked.
struct RecordedProcessor: Sendable {
    private let charges = Calls<UUID, ChargeRequest>()
    private let refunds = Calls<UUID>()
    let api: ProcessorAPIDouble

    /// - Parameter problem: Fails each charge; if `nil`, every charge is captured.
    init(failing problem: Problem? = nil) {
        api = ProcessorAPIDouble(
            charge: charges.recording { id, request in
                if let problem { throw problem }
                return Charge(id: id, status: .captured, amount: request.amount)
            },
            refund: refunds.recording { id in Charge(id: id, status: .refunded, amount: .euros(cents: 1999)) },
            entries: { _, _ in ChargeEntries(items: []) }, entry: { _ in throw Problem(.notFound, "There is no such charge.") })
    }

    /// A processor that is down.
    static var down: RecordedProcessor { RecordedProcessor(failing: .unavailable("The processor is down.")) }

    /// The identifiers of the charges, in order.
    var charged: [UUID] { charges.all.map(\.0) }
    /// The identifiers of the refunded charges, in order.
    var refunded: [UUID] { refunds.all }
}
