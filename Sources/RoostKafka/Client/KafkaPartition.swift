import CRoostKafka
import RoostEvents

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A partition of a topic on the cluster.
struct KafkaPartition: Hashable, Sendable {
    let topic: String
    let number: Int32

    /// The lane whose events the partition has.
    var lane: Lane { Lane("\(topic).\(number)") }
}

/// A partition with an offset, and what is said about it.
struct KafkaOffset: Hashable, Sendable {
    var partition: KafkaPartition
    /// The offset of the next event to read; negative if there is none.
    var offset: Int64
    var metadata = ""
    /// The code of the error about the partition.
    var error: Int32 = 0
}

/// A list of partitions as librdkafka needs it, which is freed exactly once.
struct KafkaPartitionList: ~Copyable {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init?(_ offsets: [KafkaOffset]) {
        guard let pointer = rd_kafka_topic_partition_list_new(Int32(offsets.count)) else { return nil }
        self.pointer = pointer
        for offset in offsets {
            guard let entry = rd_kafka_topic_partition_list_add(pointer, offset.partition.topic, offset.partition.number) else { continue }
            entry.pointee.offset = offset.offset
            // The list frees it.
            if !offset.metadata.isEmpty, let metadata = strdup(offset.metadata) {
                entry.pointee.metadata = UnsafeMutableRawPointer(metadata)
                entry.pointee.metadata_size = strlen(metadata)
            }
        }
    }

    deinit { rd_kafka_topic_partition_list_destroy(pointer) }

    /// Reads a list that belongs to another owner.
    static func offsets(_ list: UnsafePointer<rd_kafka_topic_partition_list_t>?) -> [KafkaOffset] {
        guard let list, let entries = list.pointee.elems else { return [] }
        return (0..<Int(list.pointee.cnt)).map { index in
            let entry = entries[index]
            let metadata = entry.metadata.map { UnsafeRawBufferPointer(start: $0, count: entry.metadata_size) }
            return KafkaOffset(
                partition: KafkaPartition(topic: String(cString: entry.topic), number: entry.partition), offset: entry.offset,
                metadata: metadata.map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) } ?? "", error: entry.err.rawValue)
        }
    }
}
