import Roost

/// One route as an OpenAPI operation.
struct OpenAPIOperation {
    private let route: Route
    private let contract: ContractDescription
    private let system: SystemDescription
    /// Contains the definitions that the operation refers to, after its node was made.
    private(set) var writer: SchemaWriter

    init(_ route: Route, of contract: ContractDescription, in system: SystemDescription, _ writer: SchemaWriter) {
        self.route = route
        self.contract = contract
        self.system = system
        self.writer = writer
    }

    var node: JSONNode {
        mutating get {
            [
                "tags": [.string(contract.name)], "operationId": .string(route.operation), "summary": .text(route.summary),
                "description": .text(route.details),
                "parameters": parameters, "requestBody": requestBody, "responses": responses,
                "security": OpenAPISecurity.requirement(of: route),
                "x-procedure": .string(route.procedure), "x-stream": stream,
            ]
        }
    }

    private var parameters: JSONNode? {
        mutating get {
            var nodes = route.parameters.map { parameter in
                let (place, name) = Self.place(of: parameter)
                return Self.parameter(
                    name, in: place, isRequired: parameter.isRequired, isList: parameter.isList, writer.node(parameter.schema),
                    example: Example.value(of: parameter.schema, named: parameter.name))
            }
            let fields = route.parameters.map { Self.place(of: $0).name.lowercased() }
            if route.takesIdempotencyKey, !fields.contains("idempotency-key") { nodes.append(Self.idempotencyKey) }
            if route.streaming.contains(.reply), !route.streaming.contains(.request) { nodes.append(Self.lastEventID) }
            nodes += route.cookies.map(Self.cookie)
            return nodes.isEmpty ? nil : .array(nodes)
        }
    }

    private static func place(of parameter: Route.Parameter) -> (place: String, name: String) {
        switch parameter.location {
        case .path: ("path", parameter.name)
        case .query: ("query", parameter.name)
        case .header(let field): ("header", field)
        }
    }

    private static func parameter(
        _ name: String, in place: String, isRequired: Bool, isList: Bool = false, _ schema: JSONNode, description: String = "",
        example: JSONNode? = nil
    ) -> JSONNode {
        [
            "name": .string(name), "in": .string(place), "required": isRequired ? .bool(true) : nil, "description": .text(description),
            // Once for each value: `?tag=a&tag=b`.
            "style": isList ? "form" : nil, "explode": isList ? .bool(true) : nil, "schema": schema, "example": isRequired ? example : nil,
        ]
    }

    /// A cookie, which may have any value: one that the function can't read is treated as missing.
    private static func cookie(_ name: String) -> JSONNode { parameter(name, in: "cookie", isRequired: false, ["type": "string"]) }

    /// `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).
    private static let idempotencyKey = parameter(
        "Idempotency-Key", in: "header", isRequired: false,
        ["type": "string", "minLength": .integer(1), "maxLength": .integer(255), "pattern": "^[!-~]+$"],
        description:
            "Makes the request of a signed-in caller safe to repeat: the same key with the same body gets the first response again, and "
            + "the same key with another body is refused with 422.")

    /// `Last-Event-ID` (WHATWG HTML §9.2.4).
    private static let lastEventID = parameter(
        "Last-Event-ID", in: "header", isRequired: false, ["type": "string"],
        description:
            "The identifier of the last event received over Server-Sent Events. It only has an effect if the events have identifiers.")

    private var requestBody: JSONNode? {
        mutating get {
            guard let body = route.body, !route.streaming.contains(.reply) else { return nil }
            let isNullable = if case .nullable = body { true } else { false }
            return [
                "required": isNullable ? nil : .bool(true),
                "content": content(body, route.streaming.contains(.request) ? "application/x-ndjson" : "application/json"),
            ]
        }
    }

    /// Returns a body of a media type, with an example.
    private mutating func content(_ schema: JSONSchema, _ type: String) -> JSONNode {
        if schema.isBinary { return .object([JSONNode.Member(name: "*/*", value: [:])]) }
        return .object([
            JSONNode.Member(name: type, value: ["schema": writer.node(schema), "example": Example.value(of: schema)])
        ])
    }

    private var responses: JSONNode {
        mutating get {
            var members = route.streaming.contains(.reply) ? streamResponses : [success]
            for problem in OpenAPIProblem.of(route, in: system) {
                members.append(
                    JSONNode.Member(name: String(problem.status.code), value: .reference("#/components/responses/" + problem.name)))
            }
            for status in route.problems where !OpenAPIProblem.all.contains(where: { $0.status == status }) {
                members.append(JSONNode.Member(name: String(status.code), value: .reference("#/components/responses/Problem")))
            }
            members.append(JSONNode.Member(name: "default", value: .reference("#/components/responses/Problem")))
            return .object(members)
        }
    }

    private var success: JSONNode.Member {
        mutating get {
            let status = route.reply == nil && route.status == .ok ? .noContent : route.status
            let location: JSONNode? = route.location == nil ? nil : .reference("#/components/headers/Location")
            let response: JSONNode = [
                "description": .string(status.reason),
                "headers": [
                    "x-request-id": OpenAPIHeader.requestID, "Location": location,
                    "Set-Cookie": route.cookies.isEmpty ? nil : .reference("#/components/headers/Set-Cookie"),
                ],
                "content": route.reply.map { content($0, $0.isText ? "text/plain" : "application/json") },
            ]
            return JSONNode.Member(name: String(status.code), value: response)
        }
    }

    private var streamResponses: [JSONNode.Member] {
        let webSocket: JSONNode = [
            "description": """
            A WebSocket (RFC 6455) with a JSON value in each message. It is closed with code 1000 after the last value, and with 4000 plus \
            a status if a problem ends it early, such as 4401 when the session ends or the token expires.
            """
        ]
        guard !route.streaming.contains(.request) else { return [JSONNode.Member(name: "101", value: webSocket)] }
        let events: JSONNode = [
            "description": """
            Server-Sent Events with a JSON value in the data of each. The event `end` follows the last value. If a problem ends the stream \
            early, such as a 401 when the session ends or the token expires, it is the data of the event `error`.
            """,
            "headers": ["x-request-id": OpenAPIHeader.requestID],
            "content": ["text/event-stream": ["schema": ["type": "string"]]],
        ]
        return [JSONNode.Member(name: "101", value: webSocket), JSONNode.Member(name: "200", value: events)]
    }

    /// The types of a stream's messages, which OpenAPI 3.1 cannot express.
    private var stream: JSONNode? {
        mutating get {
            guard route.streaming.contains(.reply) else { return nil }
            let sent = route.streaming.contains(.request) ? route.body : nil
            return [
                "reply": route.reply.map { writer.node($0) }, "request": sent.map { writer.node($0) },
                "example": sent.map { Example.value(of: $0) },
            ]
        }
    }
}

extension JSONSchema {
    fileprivate var isBinary: Bool { if case .scalar("string", "binary") = self { true } else { false } }

    /// Whether a reply of this type is sent as plain text.
    fileprivate var isText: Bool { if case .scalar("string", nil) = self { true } else { false } }

}
