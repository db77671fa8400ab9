import RoostEvents

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A message of a lane, with the event that was read from it.
struct LaneMessage: Sendable {
    let position: Int64
    let isRedelivered: Bool
    let publication: Date
    let envelope: EventEnvelope
    /// Why it is not an event.
    let fault: String?

    init(_ delivery: AMQPDelivery) {
        position = Int64(clamping: delivery.tag)
        isRedelivered = delivery.isRedelivered
        publication = delivery.publication
        (envelope, fault) = delivery.event
    }
}
