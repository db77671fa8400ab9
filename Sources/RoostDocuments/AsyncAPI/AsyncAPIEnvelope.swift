import Roost

/// What stands beside an event's data: the attributes of CloudEvents 1.0 §3.
enum AsyncAPIEnvelope {
    static let trait: JSONNode = [
        "headers": [
            "type": "object", "required": ["id", "source", "type", "subject", "time"],
            "properties": [
                "id": attribute("Unique: an event that comes again bears the same.", format: "uuid"),
                "source": attribute("The service that it comes from."),
                "type": attribute("The topic."),
                "subject": attribute("What orders events among themselves."),
                "time": attribute("When it happened.", format: "date-time"),
                "traceparent": attribute("The trace that it belongs to (W3C Trace Context)."),
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
