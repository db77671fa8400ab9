public import Roost

/// A type of event: its topic and schema, and the services that publish it or subscribe to it.
public struct EventDescription: Sendable {
    /// The topic that the events are published to.
    public let topic: String
    /// The schema of the events' data.
    public let schema: JSONSchema
    /// The names of the services that publish the events.
    public var publishers: [String]
    /// The names of the services that subscribe to the events.
    public var subscribers: [String]

    /// Creates the description of a type of event.
    public init<E: Event>(_ type: E.Type, publishers: [String] = [], subscribers: [String] = []) {
        topic = E.topic
        schema = E.schema
        self.publishers = publishers
        self.subscribers = subscribers
    }
}

extension [EventDescription] {
    /// Returns the events that services publish and subscribe to, one for each topic, sorted by topic.
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
