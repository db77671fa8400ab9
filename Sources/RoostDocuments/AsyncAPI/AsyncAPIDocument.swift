import Roost

/// The events of a system as an AsyncAPI 3.0 document (https://www.asyncapi.com/docs/reference/specification/v3.0.0): a channel for each
/// topic, and an operation for each service that publishes to it or subscribes to it.
public struct AsyncAPIDocument: Sendable {
    private let system: SystemDescription

    /// Creates the document.
    /// - Parameter system: The system to describe.
    public init(_ system: SystemDescription) { self.system = system }

    /// The document as JSON.
    public var text: String { node.text }

    var node: JSONNode {
        let names = SchemaNames.of(system.events.map { ($0.topic, [$0.schema]) })
        var writer = SchemaWriter(at: "#/components/schemas/")
        var messages: [JSONNode.Member] = []
        for (event, names) in zip(system.events, names) {
            writer.names = names
            messages.append(JSONNode.Member(name: event.topic, value: Self.message(event, writer.node(event.schema))))
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
        let message = JSONNode.Member(name: event.topic, value: .reference("#/components/messages/" + event.topic))
        return [
            "address": .string(event.topic), "title": .string(event.schema.name), "description": .text(event.schema.description),
            "messages": .object([message]),
        ]
    }

    private static func message(_ event: EventDescription, _ payload: JSONNode) -> JSONNode {
        [
            "name": .string(event.topic), "title": .string(event.schema.name), "summary": .text(event.schema.description),
            "contentType": "application/json", "payload": payload, "traits": [.reference("#/components/messageTraits/CloudEvent")],
            "examples": [
                ["headers": AsyncAPIEnvelope.example(of: event), "payload": Example.value(of: event.schema)]
            ],
        ]
    }

    private static func operations(_ event: EventDescription) -> [JSONNode.Member] {
        event.publishers.map { operation("send", $0, "publishes", event) }
            + event.subscribers.map { operation("receive", $0, "handles", event) }
    }

    private static func operation(_ action: String, _ service: String, _ verb: String, _ event: EventDescription) -> JSONNode.Member {
        let channel = "#/channels/" + event.topic
        return JSONNode.Member(
            name: "\(service).\(action).\(event.topic)",
            value: [
                "action": .string(action), "title": .string("\(service) \(verb) \(event.topic)"), "channel": .reference(channel),
                "messages": [.reference("\(channel)/messages/\(event.topic)")], "tags": [["name": .string(service)]],
            ])
    }
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
