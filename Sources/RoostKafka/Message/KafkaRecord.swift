import CRoostKafka
import RoostEvents

/// An event as a record of a topic: CloudEvents' Kafka protocol binding 1.0 in binary mode
/// (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md).
struct KafkaRecord: Sendable {
    let topic: String
    let envelope: EventEnvelope

    /// The names of the header fields of attributes, in the order of `EventAttribute.allCases`.
    static let fields = EventAttribute.fields(withPrefix: "ce_")
    static let contentType = "content-type", jsonType = "application/json"

    /// About the number of bytes of the record: the texts, and some for each name.
    var size: Int { EventAttribute.allCases.reduce(envelope.data.count + 64) { $0 + (envelope[$1]?.utf8.count ?? 0) + 24 } }

    /// Adds the record to the queue of a producer.
    /// - Parameter number: What the report about the record bears, not 0.
    /// - Returns: The error if it was not added.
    func enqueue(to client: KafkaClient, number: Int) -> KafkaError? {
        guard let fields = rd_kafka_headers_new(Self.fields.count + 1) else { return KafkaError(RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE) }
        Self.add(Self.contentType, Self.jsonType, to: fields)
        for attribute in EventAttribute.allCases {
            if let value = envelope[attribute] { Self.add(Self.fields[attribute.rawValue], value, to: fields) }
        }
        var topic = topic, key = envelope.key
        let code = topic.withUTF8 { topic in
            key.withUTF8 { key in
                envelope.data.withUnsafeBytes { value in
                    roost_kafka_produce(
                        client.handle, topic.baseAddress, topic.count, key.baseAddress, key.count, value.baseAddress, value.count, fields,
                        UnsafeMutableRawPointer(bitPattern: number))
                }
            }
        }
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        rd_kafka_headers_destroy(fields)
        return KafkaError(code)
    }

    /// Adds a header field. The texts are passed as they are: as C strings, they would be copied first.
    private static func add(_ name: String, _ value: String, to fields: OpaquePointer) {
        var name = name, value = value
        name.withUTF8 { name in
            value.withUTF8 { value in
                _ = name.withMemoryRebound(to: CChar.self) {
                    rd_kafka_header_add(fields, $0.baseAddress, $0.count, value.baseAddress, value.count)
                }
            }
        }
    }
}
