import Roost

/// The attributes of an event beside its data (CloudEvents 1.0 §3, and its extensions Partitioning and Distributed Tracing).
enum AsyncAPIEnvelope {
    static let trait: JSONNode = [
        "bindings": AsyncAPIBindings.message,
        "headers": [
            "type": "object", "required": ["specversion", "id", "source", "type"],
            "properties": [
                "specversion": ["type": "string", "const": "1.0", "description": "The version of CloudEvents."],
                "id": attribute("Identifies the event. An event that is delivered again has the same identifier."),
                "source": attribute("The service that published the event."),
                "type": attribute("The topic."),
                "time": attribute("When the event happened.", format: "date-time"),
                "datacontenttype": attribute("The media type of the data: application/json."),
                "dataschema": attribute("The topic and the version of the data. Without it, the version is 1.", format: "uri"),
                "partitionkey": attribute("The key of the event. Events with the same key are delivered in order."),
                "traceparent": attribute("The trace that the event belongs to (W3C Trace Context)."),
            ],
        ],
    ]

    static func example(of event: EventDescription, _ version: Int) -> JSONNode {
        [
            "specversion": "1.0", "id": "01939c5e-7b1a-7000-8000-0242ac120002", "source": .string(event.publishers.first ?? "somewhere"),
            "type": .string(event.topic), "time": "2026-11-24T09:30:00.000Z", "datacontenttype": "application/json",
            "dataschema": .string(EventDeclaration.schemaURI(event.topic, "\(version)")),
            "partitionkey": "01939c5e-7b1a-7000-8000-0242ac120001",
        ]
    }

    private static func attribute(_ description: String, format: String? = nil) -> JSONNode {
        ["type": "string", "format": format.map { .string($0) }, "description": .string(description)]
    }
}
