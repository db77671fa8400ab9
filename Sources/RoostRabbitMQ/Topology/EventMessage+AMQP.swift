import NIOCore
import RoostEvents

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Events as messages: CloudEvents in binary mode, by the binding to RabbitMQ
/// (https://github.com/knative-extensions/eventing-rabbitmq/blob/main/cloudevents-protocol-spec/spec.md).
extension OutgoingMessage {
    private static let fields = EventAttribute.fields(withPrefix: "ce-")

    init(_ envelope: EventEnvelope, to exchange: String) {
        let headers = EventAttribute.allCases.compactMap { attribute in
            envelope[attribute].map { (Self.fields[attribute.rawValue], AMQPValue.text($0)) }
        }
        self.init(
            exchange: exchange, key: "\(envelope.topic).\(KeyLane.lane(of: envelope.key))",
            properties: AMQPProperties(
                contentType: "application/json", headers: Dictionary(uniqueKeysWithValues: headers), isPersistent: true,
                messageID: envelope.id, timestamp: UInt64(max(0, Date().timeIntervalSince1970))),
            body: envelope.data)
    }
}

extension AMQPDelivery {
    /// The largest body that is kept: a little more than the largest event, which may have white space or be in structured mode.
    static let bodyLimit = EventLimits.data + 65_536

    /// The time at which the message was published; if it does not say so, the present.
    var publication: Date { message.properties.timestamp.map { Date(timeIntervalSince1970: Double(min($0, 1 << 40))) } ?? Date() }

    /// The event; or what is known of the message, and why it is not an event.
    var event: (envelope: EventEnvelope, fault: String?) {
        guard !message.isCut else {
            return (
                unknown([]),
                "The message has \(message.size) bytes, and an event at most \(EventLimits.data): it was not read, and is in no queue any more."
            )
        }
        if let fault = message.properties.fault {
            return (unknown(Array(message.body.readableBytesView)), "The header fields of the message cannot be read: \(fault).")
        }
        let body = Array(message.body.readableBytesView)
        return EventMessage(contentType: message.properties.contentType, attributes: attributes, body: body).event(or: unknown(body))
    }

    /// The attributes of header fields. Also those of the binding to AMQP 1.0 (CloudEvents AMQP Protocol Binding 1.0.2 §3.1.3.1) are read, whose
    /// clients can use the same server.
    private static let attributes: [String: EventAttribute] = {
        var attributes: [String: EventAttribute] = [:]
        for prefix in ["ce-", "cloudEvents_", "cloudEvents:"] {
            for attribute in EventAttribute.allCases { attributes[prefix + attribute.name] = attribute }
        }
        return attributes
    }()

    private var attributes: EventAttributes {
        var attributes = EventAttributes()
        for (name, value) in message.properties.headers {
            if let attribute = Self.attributes[name] { attributes[attribute] = value.text }
        }
        return attributes
    }

    /// A message that is not an event. Its identifier is the same if it is delivered again.
    private func unknown(_ body: [UInt8]) -> EventEnvelope {
        let properties = message.properties
        let known = [properties.messageID ?? "", key, "\(message.size)", "\(properties.timestamp ?? 0)"].joined(separator: " ")
        // Databases do not store U+0000.
        let id = String("\(CRC32.checksum(of: body)) \(known)".filter { $0 != "\0" }.prefix(255))
        return EventEnvelope(
            id: id, source: "unknown", topic: KeyLane.topic(of: key).filter { $0 != "\0" }, key: id, time: publication, data: body)
    }
}
