import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An event for one subscription, as the database stores it if it cannot be handled yet.
@Schema
struct ParkedEvent {
    var subscription: String
    var generation: Int
    /// The service that published it.
    var source: String
    var event: OutgoingEvent
    /// The data in Base64, if it is not valid UTF-8.
    var base64: String?
    /// Why it is not an event, and never will be handled.
    var fault: String?
}

extension ParkedEvent {
    init(_ envelope: EventEnvelope, for subscription: String, generation: Int) {
        // Databases do not store U+0000 in texts.
        let isText = !envelope.data.contains(0) && String(validating: envelope.data, as: UTF8.self) != nil
        var text = envelope
        if !isText { text.data = [] }
        self.init(
            subscription: subscription, generation: generation, source: envelope.source, event: OutgoingEvent(text),
            base64: isText ? nil : Data(envelope.data).base64EncodedString())
    }

    var envelope: EventEnvelope {
        var envelope = event.envelope(from: source)
        if let bytes = base64.flatMap({ Data(base64Encoded: $0) }) { envelope.data = Array(bytes) }
        return envelope
    }

    /// Its identifier among the parked events.
    var id: String { "\(subscription) \(event.id) \(generation)" }
    /// The events of a key that wait for one subscription, which are handled in order.
    var line: String { "\(subscription) \(event.key)" }
}
