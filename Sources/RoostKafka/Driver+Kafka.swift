public import Roost
import RoostEvents

extension Driver {
    /// Kafka for the event bus: a cluster that the processes of several machines, and programs in other languages, share.
    public static let kafka = Driver("kafka", "kafka+ssl", form: KafkaURL.allowed, isValid: { KafkaURL($0.text) != nil })
        .opening((any EventBus).self) { try await KafkaEventBus.open($0.text, key: $0.key) }
}
