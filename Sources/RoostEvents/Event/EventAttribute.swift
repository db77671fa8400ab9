import Roost

/// An attribute of an event that has a header field of its own in the binary mode of CloudEvents. The media type of the data, `application/json`, is in
/// another field in every protocol.
package enum EventAttribute: Int, CaseIterable, Sendable {
    case specversion, id, source, type, time, dataschema, partitionkey, traceparent

    private static let names = ["specversion", "id", "source", "type", "time", "dataschema", "partitionkey", "traceparent"]

    /// The name by the specification, without the prefix of a protocol.
    package var name: String { Self.names[rawValue] }

    /// Returns the names of the header fields of all attributes, in the order of `allCases`.
    /// - Parameter prefix: What the names begin with in a protocol.
    package static func fields(withPrefix prefix: String) -> [String] { names.map { prefix + $0 } }
}

/// The attributes of a message, as far as it has them.
package struct EventAttributes: Sendable {
    private var values = [String?](repeating: nil, count: EventAttribute.allCases.count)

    /// Creates an empty list.
    package init() {}

    /// The value of an attribute, or `nil` if the message does not have it.
    package subscript(attribute: EventAttribute) -> String? {
        get { values[attribute.rawValue] }
        set { values[attribute.rawValue] = newValue }
    }
}

extension EventEnvelope {
    /// Returns the value of an attribute, or `nil` if the event does not have it.
    package subscript(attribute: EventAttribute) -> String? {
        switch attribute {
        case .specversion: CloudEvent.SpecificationVersion.one.rawValue
        case .id: id
        case .source: source
        case .type: topic
        case .time: RFC3339.format(time)
        case .dataschema: dataschema
        case .partitionkey: key
        case .traceparent: traceparent
        }
    }
}
