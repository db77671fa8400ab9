import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An event that is to be relayed, as the database keeps it.
@Schema
struct OutgoingEvent {
    var id: String
    var topic: String
    var key: String
    /// When it happened, in milliseconds since 1970.
    var time: Int
    var traceparent: String?
    /// JSON.
    var data: String
}

extension OutgoingEvent {
    init(_ envelope: EventEnvelope) {
        self.init(
            id: envelope.id, topic: envelope.topic, key: envelope.key, time: Int((envelope.time.timeIntervalSince1970 * 1000).rounded()),
            traceparent: envelope.traceparent, data: String(decoding: envelope.data, as: UTF8.self))
    }

    /// The event, as it leaves.
    /// - Parameter source: The service that it comes from.
    func envelope(from source: String) -> EventEnvelope {
        EventEnvelope(
            id: id, source: source, topic: topic, key: key, time: Date(timeIntervalSince1970: Double(time) / 1000),
            traceparent: traceparent, data: Array(data.utf8))
    }
}
