public import Roost

/// A kind of event: its shape, who publishes it and who subscribes to it.
public struct EventDescription: Sendable {
    public let topic: String
    /// The event's schema.
    public let schema: JSONSchema
    /// The services that publish it.
    public var publishers: [String]
    /// The services that subscribe to it.
    public var subscribers: [String]

    public init<E: Event>(_ type: E.Type, publishers: [String] = [], subscribers: [String] = []) {
        topic = E.topic
        schema = E.schema
        self.publishers = publishers
        self.subscribers = subscribers
    }
}

extension [EventDescription] {
    /// The events that services publish and subscribe to, one for each topic, in the order of the topics.
    public static func of(
        _ services: [(name: String, publishes: [any Event.Type], subscribes: [any Event.Type])]
    ) -> [EventDescription] {
        var events: [String: EventDescription] = [:]
        for service in services {
            for event in service.publishes { events[event.topic, default: EventDescription(event)].publishers.append(service.name) }
            for event in service.subscribes { events[event.topic, default: EventDescription(event)].subscribers.append(service.name) }
        }
        return events.values.sorted { $0.topic < $1.topic }
    }
}
