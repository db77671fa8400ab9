import CRoostKafka
import RoostEvents

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What a member reads from a partition.
enum KafkaItem: Sendable {
    /// A record to deliver.
    case message(KafkaMessage)
    /// A record up to which there is nothing to deliver: an event of another topic.
    case passed(offset: Int64)
    /// The end of the partition: the next record will have this offset.
    case end(offset: Int64)
    case failure(KafkaError)
}

/// A record that is to be delivered.
struct KafkaMessage: Sendable {
    let offset: Int64
    let publication: Date
    let envelope: EventEnvelope
    /// Why it is not an event.
    let fault: String?
}

/// Reads the records of a partition.
struct KafkaReader: Sendable {
    let partition: KafkaPartition
    /// The topics of events that are delivered.
    let topics: Set<String>

    /// A record before anything is known of it, in memory that librdkafka owns.
    private struct Record {
        let offset: Int64
        let publication: Date
        let keyBytes: UnsafeRawBufferPointer?
        let value: UnsafeRawBufferPointer?
        /// The event, without its data.
        var message = EventMessage(contentType: nil, attributes: EventAttributes(), body: [])

        /// The key, as far as it is a text, or `nil` if there is none.
        var key: String? {
            keyBytes.flatMap { String(text: UnsafeRawBufferPointer(rebasing: $0.prefix(KafkaReader.headerValueLimit))) }
        }
    }

    /// The largest value of a record in structured mode, which has attributes beside the data.
    private static let structuredLimit = EventLimits.data + 16 * 1024
    /// The names of the header fields of attributes, in the order of `EventAttribute.allCases`.
    private static let fields = KafkaRecord.fields.map { Array($0.utf8CString) }
    /// The largest number of header fields of a record that are looked at, and the largest size of the value of one.
    private static let headerLimit = 64, headerValueLimit = 4096

    /// Returns what an event of the partition's queue tells.
    func item(_ event: borrowing KafkaEvent) -> KafkaItem? {
        if event.type == RD_KAFKA_EVENT_FETCH {
            return rd_kafka_event_message_next(event.pointer).map(item)
        }
        guard let error = event.error else { return nil }
        guard error.isOne(of: RD_KAFKA_RESP_ERR__PARTITION_EOF) else { return .failure(error) }
        guard let position = rd_kafka_event_topic_partition(event.pointer) else { return nil }
        defer { rd_kafka_topic_partition_destroy(position) }
        return .end(offset: position.pointee.offset)
    }

    private func item(_ message: UnsafePointer<rd_kafka_message_t>) -> KafkaItem {
        let offset = message.pointee.offset
        guard message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
            let error = KafkaError(message.pointee.err)
            return error.isOne(of: RD_KAFKA_RESP_ERR__PARTITION_EOF) ? .end(offset: offset) : .failure(error)
        }
        let record = record(message)
        if let type = record.message.attributes[.type], !record.message.isStructured, !topics.contains(type) {
            return .passed(offset: offset)
        }
        let (envelope, fault) = read(record)
        if fault == nil, !topics.contains(envelope.topic) { return .passed(offset: offset) }
        return .message(KafkaMessage(offset: offset, publication: record.publication, envelope: envelope, fault: fault))
    }

    private func record(_ message: UnsafePointer<rd_kafka_message_t>) -> Record {
        var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let time = rd_kafka_message_timestamp(message, &kind)
        let key = message.pointee.key.map { UnsafeRawBufferPointer(start: $0, count: message.pointee.key_len) }
        var record = Record(
            offset: message.pointee.offset, publication: Date(timeIntervalSince1970: Double(max(0, time)) / 1000),
            keyBytes: key,
            value: message.pointee.payload.map { UnsafeRawBufferPointer(start: $0, count: message.pointee.len) })
        var fields: OpaquePointer?
        guard rd_kafka_message_headers(message, &fields) == RD_KAFKA_RESP_ERR_NO_ERROR else { return record }
        var name: UnsafePointer<CChar>?, value: UnsafeRawPointer?, size = 0, index = 0, last: EventAttribute?
        while index < Self.headerLimit, rd_kafka_header_get_all(fields, index, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
            index += 1
            guard let name, let value, size <= Self.headerValueLimit else { continue }
            let bytes = UnsafeRawBufferPointer(start: value, count: size)
            if let attribute = Self.attribute(ofField: name, after: last) {
                last = attribute
                record.message.attributes[attribute] = String(text: bytes) ?? record.message.attributes[attribute]
            } else if strcasecmp(name, KafkaRecord.contentType) == 0 {
                // Nearly all records have this type, and the constant needs no allocation.
                let isJSON = bytes.elementsEqual(KafkaRecord.jsonType.utf8)
                record.message.contentType = isJSON ? KafkaRecord.jsonType : String(text: bytes) ?? record.message.contentType
            }
        }
        return record
    }

    /// Returns the attribute that a header field has, or `nil` if it has none.
    /// - Parameter last: The attribute before it: most programs write all of them, in one order.
    private static func attribute(ofField name: UnsafePointer<CChar>, after last: EventAttribute?) -> EventAttribute? {
        let first = last.map { $0.rawValue + 1 } ?? 0
        for step in fields.indices {
            let index = (first + step) % fields.count
            if strcmp(name, fields[index]) == 0 { return EventAttribute(rawValue: index) }
        }
        return nil
    }

    /// Reads the event.
    /// - Returns: The event; or what is known of the record, and why it is not an event.
    private func read(_ record: Record) -> (envelope: EventEnvelope, fault: String?) {
        guard let value = record.value else {
            return (remains(of: record, data: []), "\(place(of: record)) has no value, so it is not an event.")
        }
        var message = record.message
        let isStructured = message.isStructured
        guard value.count <= (isStructured ? Self.structuredLimit : EventLimits.data) else {
            let limit = "\(value.count) bytes, and events have at most \(EventLimits.data) bytes of data"
            return (remains(of: record, data: []), "\(place(of: record)) has \(limit). They were left out.")
        }
        message.body = Array(value)
        // The key of a record is the partition key of its event, which other programs need not repeat.
        if message.attributes[.partitionkey] == nil, let key = record.key, !key.isEmpty { message.attributes[.partitionkey] = key }
        var (envelope, fault) = message.event(or: remains(of: record, data: message.body))
        if isStructured, fault == nil, envelope.key == envelope.id, let key = record.key, !key.isEmpty { envelope.key = key }
        return (envelope, fault.map { "\(place(of: record)) is not an event: \($0)" })
    }

    private func place(of record: Record) -> String {
        "The record \(record.offset) of the partition \(partition.number) of the topic \(partition.topic)"
    }

    /// What is known of a record that is not an event.
    private func remains(of record: Record, data: [UInt8]) -> EventEnvelope {
        let id = "\(partition.topic)-\(partition.number)-\(record.offset)"
        return EventEnvelope(
            id: id, source: record.message.attributes[.source] ?? partition.topic,
            topic: record.message.attributes[.type] ?? partition.topic,
            key: record.key.flatMap { (1...EventLimits.key).contains($0.utf8.count) ? $0 : nil } ?? id,
            time: record.publication, data: data)
    }
}

extension String {
    /// Creates a text from its bytes.
    /// - Returns: `nil` if they are not UTF-8.
    fileprivate init?(text bytes: UnsafeRawBufferPointer) {
        // Most texts are ASCII, and that is found out much faster than it is validated.
        if bytes.allSatisfy({ $0 < 0x80 }) {
            self.init(decoding: bytes, as: UTF8.self)
        } else {
            self.init(validating: bytes, as: UTF8.self)
        }
    }
}
