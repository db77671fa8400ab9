import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Envelopes as CloudEvents 1.0 (https://github.com/cloudevents/spec), for buses that programs in other languages share.
extension EventEnvelope {
    /// The media type of an event in structured mode.
    public static let cloudEventMediaType = "application/cloudevents+json"

    /// `dataschema`: a URI for the topic and the version, such as `urn:events:orders.ended:2`.
    public var dataschema: String { EventDeclaration.schemaURI(topic, "\(version)") }

    /// Returns the event as JSON, in structured mode. `partitionkey` is its key.
    /// - Throws: A `DecodingFailure` if the data is not JSON.
    public func cloudEvent() throws(DecodingFailure) -> [UInt8] { JSON.encode(try CloudEvent(self)) }

    /// Reads an event from JSON in structured mode.
    ///
    /// Attributes that an envelope does not have are ignored. An event without `partitionkey` has its identifier as the key, so that it is
    /// not in order with any other; one without `dataschema` has version 1, and one without data has `null`.
    /// - Parameters:
    ///   - json: The event.
    ///   - date: The time of an event that has none.
    /// - Throws: A `DecodingFailure` with every fault, such as text that is not JSON, an attribute that is missing or not allowed, or data that is not
    ///   JSON.
    public init(cloudEvent json: [UInt8], receivedAt date: Date = Date()) throws(DecodingFailure) {
        self.init(try JSON.decode(CloudEvent.self, from: json), receivedAt: date)
    }

    /// Creates an envelope from an event that was read.
    /// - Parameters:
    ///   - event: The event, which was checked. What it may lack is filled in as by the other initializer.
    ///   - date: The time of an event that has none.
    public init(_ event: CloudEvent, receivedAt date: Date = Date()) {
        self.init(event, data: event.data?.bytes ?? Array("null".utf8), receivedAt: date)
    }
}
