import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An event that waits to be relayed, as the database stores it.
@Schema
struct OutgoingEvent {
    var id: String
    var topic: String
    /// Absent in rows from before events had versions.
    var version: Int = 1
    var key: String
    /// The time at which the event happened, in milliseconds since 1970.
    var time: Int
    var traceparent: String?
    /// JSON.
    var data: String
}

extension OutgoingEvent {
    init(_ envelope: EventEnvelope) {
        self.init(
            id: envelope.id, topic: envelope.topic, version: envelope.version, key: envelope.key,
            time: Int((envelope.time.timeIntervalSince1970 * 1000).rounded()),
            traceparent: envelope.traceparent, data: String(decoding: envelope.data, as: UTF8.self))
    }

    /// Returns the envelope of the event.
    /// - Parameter source: The service that published it.
    func envelope(from source: String) -> EventEnvelope {
        EventEnvelope(
            id: id, source: source, topic: topic, version: version, key: key, time: Date(timeIntervalSince1970: Double(time) / 1000),
            traceparent: traceparent, data: Array(data.utf8))
    }
}
