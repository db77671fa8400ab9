import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A message of a broker as CloudEvents' protocol bindings see it: in binary mode, the attributes are header fields and the body is the data; in
/// structured mode, the body has both (https://github.com/cloudevents/spec).
package struct EventMessage: Sendable {
    /// The media type of the body, if it is known.
    package var contentType: String?
    /// The attributes.
    package var attributes: EventAttributes
    /// The body.
    package var body: [UInt8]

    /// Creates a message.
    package init(contentType: String?, attributes: EventAttributes, body: [UInt8]) {
        (self.contentType, self.attributes, self.body) = (contentType, attributes, body)
    }

    /// Whether the body has the attributes too.
    package var isStructured: Bool {
        guard let contentType, contentType != "application/json" else { return false }
        return contentType.lowercased().hasPrefix("application/cloudevents")
    }

    /// Reads the event.
    /// - Parameter fallback: What is known of the message if it is not an event.
    /// - Returns: The event; or the fallback, and why the message is not an event.
    package func event(or fallback: @autoclosure () -> EventEnvelope) -> (envelope: EventEnvelope, fault: String?) {
        do {
            return (try event(), nil)
        } catch {
            return (fallback(), FailureKind.reason(of: error))
        }
    }

    private func event() throws -> EventEnvelope {
        if isStructured {
            return try EventEnvelope(cloudEvent: body)
        }
        guard let text = attributes[.specversion], let version = CloudEvent.SpecificationVersion(rawValue: text),
            let id = attributes[.id], let source = attributes[.source], let type = attributes[.type]
        else {
            let needed: [EventAttribute] = [.specversion, .id, .source, .type]
            let missing = needed.filter { attributes[$0] == nil }.map(\.name)
            throw Problem(
                .unprocessable,
                missing.isEmpty
                    ? "The message is of another version of CloudEvents than 1.0."
                    : "The message lacks the CloudEvents header fields \(missing.joined(separator: ", ")).")
        }
        var event = CloudEvent(
            specversion: version, id: id, source: source, type: type, datacontenttype: contentType, dataschema: attributes[.dataschema],
            partitionkey: attributes[.partitionkey], traceparent: attributes[.traceparent])
        if let time = attributes[.time] {
            guard let date = RFC3339.parse(time.utf8) else {
                throw Problem(.unprocessable, "The CloudEvents header field time is not a time by RFC 3339.")
            }
            event.time = date
        }
        let faults = FaultCollector.faults(in: event)
        guard faults.isEmpty else {
            let list = faults.map { "\($0.pointer.dropFirst()) \($0.message)" }.joined(separator: "; ")
            throw Problem(.unprocessable, "The CloudEvents header fields of the message are not valid: \(list).")
        }
        return EventEnvelope(event, data: body)
    }
}

extension EventEnvelope {
    /// Creates an envelope from an event and its data, which the event itself may lack.
    init(_ event: CloudEvent, data: [UInt8], receivedAt date: Date = Date()) {
        self.init(
            id: event.id, source: event.source, topic: event.type, version: event.version ?? 1, key: event.partitionkey ?? event.id,
            time: event.time ?? date, traceparent: event.traceparent, data: data)
    }
}
