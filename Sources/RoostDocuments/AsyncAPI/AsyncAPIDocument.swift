import Roost

/// The events of a system as an AsyncAPI 3.0 document (https://www.asyncapi.com/docs/reference/specification/v3.0.0): a channel for each
/// topic, and an operation for each service that publishes to it or subscribes to it. The message of a topic is the version that is published;
/// the earlier versions that subscribers read have messages of their own.
public struct AsyncAPIDocument: Sendable {
    private let system: SystemDescription

    /// Creates the document.
    /// - Parameter system: The system to describe.
    public init(_ system: SystemDescription) { self.system = system }

    /// The document as JSON.
    public var text: String { node.text }

    var node: JSONNode {
        let versions = system.events.flatMap { event in event.versions.reversed().map { (event: event, version: $0) } }
        let names = SchemaNames.of(versions.map { ($0.event.message(of: $0.version.version), [$0.version.schema]) })
        var writer = SchemaWriter(at: "#/components/schemas/")
        var messages: [JSONNode.Member] = []
        for ((event, version), names) in zip(versions, names) {
            writer.names = names
            let message = Self.message(event, version, writer.node(version.schema))
            messages.append(JSONNode.Member(name: event.message(of: version.version), value: message))
        }
        return [
            "asyncapi": "3.0.0",
            "info": ["title": .string(system.title), "version": .string(system.version), "description": .text(system.description)],
            "defaultContentType": "application/json",
            "channels": .object(system.events.map { JSONNode.Member(name: $0.topic, value: Self.channel($0)) }),
            "operations": .object(system.events.flatMap(Self.operations)),
            "components": [
                "messages": .object(messages), "messageTraits": ["CloudEvent": AsyncAPIEnvelope.trait],
                "schemas": JSONNode(sorted: writer.definitions),
            ],
        ]
    }

    private static func channel(_ event: EventDescription) -> JSONNode {
        let messages = event.versions.reversed().map { event.message(of: $0.version) }
        return [
            "address": .string(event.topic), "title": .string(event.schema.name), "description": .text(event.schema.description),
            "messages": .object(messages.map { JSONNode.Member(name: $0, value: .reference("#/components/messages/" + $0)) }),
            "bindings": AsyncAPIBindings.channel(event.topic),
        ]
    }

    private static func message(_ event: EventDescription, _ version: EventDescription.Version, _ payload: JSONNode) -> JSONNode {
        [
            "name": .string(event.topic), "title": .string("\(version.schema.name), version \(version.version)"),
            "summary": .text(version.schema.description),
            "contentType": "application/json", "payload": payload, "traits": [.reference("#/components/messageTraits/CloudEvent")],
            "examples": [
                ["headers": AsyncAPIEnvelope.example(of: event, version.version), "payload": Example.value(of: version.schema)]
            ],
        ]
    }

    private static func operations(_ event: EventDescription) -> [JSONNode.Member] {
        let all = event.versions.reversed().map { event.message(of: $0.version) }
        return event.publishers.map { operation("send", $0, "publishes", event, [event.topic]) }
            + event.subscribers.map { operation("receive", $0, "handles", event, all) }
    }

    private static func operation(
        _ action: String, _ service: String, _ verb: String, _ event: EventDescription, _ messages: [String]
    ) -> JSONNode.Member {
        let channel = "#/channels/" + event.topic
        return JSONNode.Member(
            name: "\(service).\(action).\(event.topic)",
            value: [
                "action": .string(action), "title": .string("\(service) \(verb) \(event.topic)"), "channel": .reference(channel),
                "messages": .array(messages.map { .reference("\(channel)/messages/\($0)") }), "tags": [["name": .string(service)]],
                "bindings": action == "send" ? AsyncAPIBindings.sending : AsyncAPIBindings.receiving(by: service),
            ])
    }
}

extension EventDescription {
    /// Returns the name of a version's message: the topic if the version is published.
    fileprivate func message(of version: Int) -> String { version == self.version ? topic : "\(topic).v\(version)" }
}

extension JSONSchema {
    /// The description of a named type.
    fileprivate var description: String {
        switch self {
        case .object(_, let description, _), .choice(_, let description, _), .words(_, let description, _): description
        default: ""
        }
    }
}
