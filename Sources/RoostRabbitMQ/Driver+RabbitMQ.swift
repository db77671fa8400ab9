public import Roost
import RoostEvents

extension Driver {
    /// RabbitMQ for the event bus: a server, or a cluster, that the processes of several machines share.
    public static let rabbitMQ = Driver("amqp", "amqps", form: RabbitMQURL.allowed, isValid: { RabbitMQURL($0.text) != nil })
        .opening((any EventBus).self) { try await RabbitMQEventBus.open($0.text, key: $0.key) }
}
