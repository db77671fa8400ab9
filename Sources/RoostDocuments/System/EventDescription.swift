public import Roost

/// A type of event: its topic and schema, and the services that publish it or subscribe to it.
public struct EventDescription: Sendable {
    /// A version of an event's data.
    public struct Version: Sendable {
        /// The version, counted from 1.
        public let version: Int
        /// The schema of the data.
        public let schema: JSONSchema
    }

    /// The topic that the events are published to.
    public let topic: String
    /// The version that is published.
    public let version: Int
    /// The schema of the events' data.
    public let schema: JSONSchema
    /// The versions that can be read, the earliest first. The last one is the one that is published.
    public let versions: [Version]
    /// What is wrong with the declaration, one line for each fault.
    let faults: [String]
    /// The names of the services that publish the events.
    public var publishers: [String]
    /// The names of the services that subscribe to the events.
    public var subscribers: [String]

    /// Creates the description of a type of event.
    public init<E: Event>(_ type: E.Type, publishers: [String] = [], subscribers: [String] = []) {
        topic = E.topic
        version = E.version
        schema = E.schema
        versions =
            E.earlier.sorted { $0.version < $1.version }.map { Version(version: $0.version, schema: $0.schema) }
            + [Version(version: E.version, schema: E.schema)]
        faults = EventDeclaration.faults(of: E.self)
        self.publishers = publishers
        self.subscribers = subscribers
    }
}

extension [EventDescription] {
    /// Returns the events that services publish and subscribe to, one for each topic, sorted by topic. If the services have different types
    /// for a topic, that of its first publisher describes it.
    public static func of(
        _ services: [(name: String, publishes: [any Event.Type], subscribes: [any Event.Type])]
    ) -> [EventDescription] {
        var events: [String: EventDescription] = [:]
        for service in services {
            for event in service.publishes { events[event.topic, default: EventDescription(event)].publishers.append(service.name) }
        }
        for service in services {
            for event in service.subscribes { events[event.topic, default: EventDescription(event)].subscribers.append(service.name) }
        }
        return events.values.sorted { $0.topic < $1.topic }
    }
}
