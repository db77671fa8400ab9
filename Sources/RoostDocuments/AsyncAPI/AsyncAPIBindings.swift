import Roost

/// How events travel on RabbitMQ and Kafka, as bindings (https://github.com/asyncapi/bindings). The names are those without a prefix in the URL of
/// the broker.
enum AsyncAPIBindings {
    private static let names = BrokerNames.usual

    /// The bindings of a topic's channel.
    static func channel(_ topic: String) -> JSONNode {
        [
            "amqp": [
                "is": "routingKey",
                "exchange": ["name": .string(names.exchange), "type": "topic", "durable": true, "autoDelete": false],
                "bindingVersion": "0.3.0",
            ],
            "kafka": ["topic": .string(names.kafkaTopic(of: topic)), "bindingVersion": "0.5.0"],
        ]
    }

    /// The bindings of what a service publishes.
    static let sending: JSONNode = ["amqp": ["deliveryMode": .integer(2), "mandatory": true, "ack": true, "bindingVersion": "0.3.0"]]

    /// The bindings of what a service handles.
    static func receiving(by service: String) -> JSONNode {
        [
            "amqp": ["ack": true, "bindingVersion": "0.3.0"],
            "kafka": [
                "groupId": ["type": "string", "enum": [.string(names.kafkaGroup(of: service))]], "bindingVersion": "0.5.0",
            ],
        ]
    }

    /// The bindings of every message.
    static let message: JSONNode = [
        "amqp": ["messageType": "CloudEvent", "bindingVersion": "0.3.0"],
        "kafka": ["key": ["type": "string", "description": "The key of the event, as in partitionkey."], "bindingVersion": "0.5.0"],
    ]
}
