import Roost

/// The attributes of an event beside its data (CloudEvents 1.0 §3).
enum AsyncAPIEnvelope {
    static let trait: JSONNode = [
        "headers": [
            "type": "object", "required": ["id", "source", "type", "subject", "time"],
            "properties": [
                "id": attribute("Identifies the event. An event that is delivered again has the same identifier.", format: "uuid"),
                "source": attribute("The service that published the event."),
                "type": attribute("The topic."),
                "subject": attribute("The key of the event. Events with the same key are delivered in order."),
                "time": attribute("When the event happened.", format: "date-time"),
                "traceparent": attribute("The trace that the event belongs to (W3C Trace Context)."),
            ],
        ]
    ]

    static func example(of event: EventDescription) -> JSONNode {
        [
            "id": "01939c5e-7b1a-7000-8000-0242ac120002", "source": .string(event.publishers.first ?? "somewhere"),
            "type": .string(event.topic), "subject": "01939c5e-7b1a-7000-8000-0242ac120001", "time": "2026-11-24T09:30:00.000Z",
        ]
    }

    private static func attribute(_ description: String, format: String? = nil) -> JSONNode {
        ["type": "string", "format": format.map { .string($0) }, "description": .string(description)]
    }
}
