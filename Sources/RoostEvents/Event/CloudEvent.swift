import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An event in the structured mode of CloudEvents' JSON format 1.0.
@Schema(omitsNil: true)
struct CloudEvent {
    /// The version of the specification.
    @Schema
    enum SpecificationVersion: String {
        case one = "1.0"
    }

    var specversion: SpecificationVersion
    @Check(.length(1...255)) var id: String
    @Check(.length(1...255)) var source: String
    @Check(.length(1...255)) var type: String
    var time: Date?
    @Check(.length(1...255)) var datacontenttype: String?
    @Check(.length(1...2048)) var dataschema: String?
    /// From the Partitioning extension.
    @Check(.length(1...255)) var partitionkey: String?
    /// From the Distributed Tracing extension.
    @Check(.length(1...255)) var traceparent: String?
    var data: RawJSON?
    /// Data that is not JSON.
    @Field("data_base64") var encodedData: String?

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
        let essence = mediaType.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        return essence == "application/json" || essence.hasPrefix("application/") && essence.hasSuffix("+json")
    }
}

extension CloudEvent {
    init(_ envelope: EventEnvelope) throws(DecodingFailure) {
        self.init(
            specversion: .one, id: envelope.id, source: envelope.source, type: envelope.topic, time: envelope.time,
            datacontenttype: "application/json", dataschema: envelope.dataschema, partitionkey: envelope.key,
            traceparent: envelope.traceparent, data: try RawJSON(envelope.data))
    }

    /// The version of the data. It is 1 for events of programs that name their schemas in another way, or not at all.
    /// - Returns: `nil` if `dataschema` has the form that Roost uses, but not the event's topic and a version.
    var version: Int? {
        guard let dataschema, dataschema.hasPrefix(EventDeclaration.schemaPrefix) else { return 1 }
        let prefix = EventDeclaration.schemaURI(type, "")
        guard dataschema.hasPrefix(prefix) else { return nil }
        let digits = dataschema.dropFirst(prefix.count)
        return digits.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(digits).flatMap { $0 > 0 ? $0 : nil } : nil
    }
}
