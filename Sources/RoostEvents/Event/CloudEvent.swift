public import Roost

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An event in the structured mode of CloudEvents' JSON format 1.0 (https://github.com/cloudevents/spec).
@Schema(omitsNil: true)
public struct CloudEvent: Hashable {
    /// The version of the specification.
    @Schema
    public enum SpecificationVersion: String, Sendable {
        /// Version 1.0.
        case one = "1.0"
    }

    /// The version of the specification: `1.0`.
    public var specversion: SpecificationVersion
    /// The event's identifier, which no other event has.
    @Check(.length(1...255)) public var id: String
    /// The name of the service that published the event.
    @Check(.length(1...255)) public var source: String
    /// The event's topic, such as `orders.ended`.
    @Check(.length(1...255)) public var type: String
    /// The time at which the event happened; if it is left out, the time at which the event was received.
    public var time: Date?
    /// The media type of the data: `application/json`.
    @Check(.length(1...255)) public var datacontenttype: String?
    /// A URI for the topic and the version of the data, such as `urn:events:orders.ended:2`; if it is left out, the version is 1.
    @Check(.length(1...2048)) public var dataschema: String?
    /// The key that orders events, from the Partitioning extension; if it is left out, the event is not in order with any other.
    @Check(.length(1...255)) public var partitionkey: String?
    /// The trace that the event belongs to, from the Distributed Tracing extension.
    @Check(.length(1...255)) public var traceparent: String?
    /// The data.
    public var data: RawJSON?
    /// Data that is not JSON, in Base64. Events do not have any; the messages of a broker that are not events can.
    @Field("data_base64") public var encodedData: String?

    @Check func carriesJSON(_ faults: inout FaultCollector) {
        if encodedData != nil {
            faults.fault("type", "must not be given: the data of an event is JSON, in the field data", at: "data_base64")
        }
        if let datacontenttype, !Self.isJSON(datacontenttype) {
            faults.fault("type", "must be application/json", at: "datacontenttype")
        }
    }

    @Check func namesItsVersion(_ faults: inout FaultCollector) {
        if version == nil {
            faults.fault("version", "must be \(EventDeclaration.schemaURI(type, "<version>")), with a version from 1", at: "dataschema")
        }
    }

    /// Without parameters, as `charset` has no meaning for JSON (RFC 8259 §11).
    private static func isJSON(_ mediaType: String) -> Bool {
        if mediaType == "application/json" { return true }
        let essence = mediaType.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        return essence == "application/json" || essence.hasPrefix("application/") && essence.hasSuffix("+json")
    }
}

extension CloudEvent {
    /// Creates the form of an event in transit that programs in other languages read.
    /// - Throws: A `DecodingFailure` if the data is not JSON.
    public init(_ envelope: EventEnvelope) throws(DecodingFailure) {
        self.init(
            specversion: .one, id: envelope.id, source: envelope.source, type: envelope.topic, time: envelope.time,
            datacontenttype: "application/json", dataschema: envelope.dataschema, partitionkey: envelope.key,
            traceparent: envelope.traceparent, data: try RawJSON(envelope.data))
    }

    /// The version of the data. It is 1 for events of programs that name their schemas in another way, or not at all.
    /// - Returns: `nil` if `dataschema` has the form that Roost uses, but not the event's topic and a version.
    var version: Int? {
        guard var dataschema else { return 1 }
        // This runs for each event received, so it creates no string.
        return dataschema.withUTF8 { schema in
            guard let rest = schema.rest(after: EventDeclaration.schemaPrefix) else { return 1 }
            guard let version = rest.rest(after: type)?.rest(after: ":"), !version.isEmpty else { return nil }
            var number = 0
            for byte in version {
                guard (0x30...0x39).contains(byte), number <= (Int.max - 9) / 10 else { return nil }
                number = number * 10 + Int(byte - 0x30)
            }
            return number > 0 ? number : nil
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Returns what follows a text at the beginning, or `nil` if the bytes begin with something else.
    fileprivate func rest(after text: String) -> Self? {
        var text = text
        return text.withUTF8 { text in
            guard count >= text.count else { return nil }
            for index in text.indices where self[index] != text[index] { return nil }
            return Self(rebasing: self[text.count...])
        }
    }
}
