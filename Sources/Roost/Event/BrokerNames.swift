/// The names that events have on brokers, which the drivers and the documents share.
package struct BrokerNames: Hashable, Sendable {
    /// What all names begin with, so that several systems can share a broker.
    package let prefix: String

    /// The prefix unless the URL of the broker says another one.
    package static let usual = BrokerNames(prefix: "roost")

    /// Creates the names of a system.
    package init(prefix: String) { self.prefix = prefix }

    /// Returns whether a prefix is 1 to 32 lowercase letters, digits and hyphens.
    package static func allows(prefix: String) -> Bool { prefix.wholeMatch(of: /[a-z0-9-]{1,32}/) != nil }

    /// RabbitMQ: the exchange that all events are published to. Their routing keys are `TOPIC.LANE`.
    package var exchange: String { "\(prefix).events" }

    /// RabbitMQ: the queue of a lane of a group.
    package func queue(of group: String, lane: Int) -> String { "\(prefix).\(group).\(lane)" }

    /// Kafka: the topic with the events of a topic of the system, and of all others with the same first part. The events of a key that a
    /// service publishes to several of them stay in order.
    package func kafkaTopic(of topic: String) -> String { "\(prefix).\(topic.prefix { $0 != "." })" }

    /// Kafka: the consumer group of a group.
    package func kafkaGroup(of group: String) -> String { "\(prefix).\(group)" }
}
