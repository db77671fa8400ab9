import CRoostKafka
import Roost

/// A queue of a member: that of its group, or of one partition.
///
/// Sendable without the compiler's check: the pointer never changes, librdkafka's queues may be used from any thread, and the queue is freed in
/// `deinit`, before its client, which it refers to.
final class KafkaQueue: @unchecked Sendable {
    let pointer: OpaquePointer
    private let client: KafkaClient

    /// The queue with the events of a member's group.
    /// - Returns: `nil` if the client is not a member of a group.
    init?(groupOf client: KafkaClient) {
        guard let pointer = rd_kafka_queue_get_consumer(client.handle) else { return nil }
        (self.pointer, self.client) = (pointer, client)
        KafkaClient.tell(pointer, client.wake)
    }

    /// The queue of a partition, whose events no longer go to the queue of the group.
    /// - Returns: `nil` if there is no such partition.
    init?(_ partition: KafkaPartition, of client: KafkaClient) {
        guard let pointer = rd_kafka_queue_get_partition(client.handle, partition.topic, partition.number) else { return nil }
        (self.pointer, self.client) = (pointer, client)
        rd_kafka_queue_forward(pointer, nil)
        KafkaClient.tell(pointer, client.wake)
    }

    deinit { KafkaClient.free(pointer) }

    /// Returns the next event.
    func next() -> KafkaEvent? { KafkaEvent(rd_kafka_queue_poll(pointer, 0)) }
}
