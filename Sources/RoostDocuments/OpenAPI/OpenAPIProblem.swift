import Roost

/// A problem response that many routes share.
struct OpenAPIProblem {
    let status: Status
    let description: String
    var headers: JSONNode = [:]

    /// The name of the response among the components, such as `NotFound`.
    var name: String { status.reason.filter { $0 != " " } }

    static let badRequest = OpenAPIProblem(status: .badRequest, description: "The request is malformed.")
    static let unauthorized = OpenAPIProblem(
        status: .unauthorized, description: "The caller is not signed in, or the token is invalid.",
        headers: ["WWW-Authenticate": .reference("#/components/headers/WWW-Authenticate")])
    static let forbidden = OpenAPIProblem(status: .forbidden, description: "The caller does not have permission.")
    static let notFound = OpenAPIProblem(status: .notFound, description: "The resource does not exist.")
    static let conflict = OpenAPIProblem(
        status: .conflict,
        description: "The request conflicts with the current state, or a request with the same idempotency key is still in progress.",
        headers: retryAfter
    )
    static let tooLarge = OpenAPIProblem(status: .contentTooLarge, description: "The body is too large.")
    static let unsupported = OpenAPIProblem(status: .unsupportedMediaType, description: "The media type of the body is not supported.")
    static let invalid = OpenAPIProblem(
        status: .unprocessable, description: "The request is invalid: `errors` lists every fault.")
    static let upgradeRequired = OpenAPIProblem(
        status: .upgradeRequired, description: "Ask for a WebSocket or accept text/event-stream.")
    static let tooMany = OpenAPIProblem(
        status: .tooManyRequests, description: "There were too many requests, or too many failed ones.", headers: retryAfter)
    static let unavailable = OpenAPIProblem(
        status: .unavailable, description: "The service is temporarily unavailable.", headers: retryAfter)
    static let tooLate = OpenAPIProblem(status: .gatewayTimeout, description: "The service did not answer in time.")

    static let all = [
        badRequest, unauthorized, forbidden, notFound, conflict, tooLarge, unsupported, invalid, upgradeRequired, tooMany, unavailable,
        tooLate,
    ]

    /// Returns the problems that any call of a route may end with, and those that the route declares. Other problems that its function
    /// throws are not known.
    static func of(_ route: Route, in system: SystemDescription) -> [OpenAPIProblem] {
        let takesIdempotencyKey = route.takesIdempotencyKey
        let hasBody = route.body != nil && !route.streaming.contains(.reply)
        let isRaw = if case .scalar("string", "binary")? = route.body { true } else { false }
        let hasChecks = hasBody && !isRaw || route.parameters.contains { $0.location != .path } || takesIdempotencyKey
        let applying: [(Bool, OpenAPIProblem)] = [
            (hasBody || !route.parameters.isEmpty || takesIdempotencyKey, badRequest), (route.access != .anyone, unauthorized),
            (route.access.isRestricted, forbidden), (!route.path.placeholders.isEmpty, notFound), (takesIdempotencyKey, conflict),
            (hasBody || takesIdempotencyKey, tooLarge), (hasBody && !isRaw, unsupported), (hasChecks, invalid),
            (route.streaming.contains(.reply), upgradeRequired), (system.hasGateway, unavailable), (system.hasGateway, tooLate),
        ]
        let own = Set(route.problems.map(\.code)).union(applying.filter(\.0).map(\.1.status.code))
        return all.filter { own.contains($0.status.code) }
    }

    /// The responses by name, and one for all other problems.
    static var components: JSONNode {
        let shared = all.map { JSONNode.Member(name: $0.name, value: $0.node) }
        return .object(shared + [JSONNode.Member(name: "Problem", value: response("Any other problem.", [:], example: nil))])
    }

    private static let retryAfter: JSONNode = ["Retry-After": .reference("#/components/headers/Retry-After")]

    private var node: JSONNode {
        let faults: JSONNode = [["pointer": "/email", "rule": "format", "message": "must be an email address"]]
        return Self.response(
            description, headers,
            example: [
                "type": "about:blank", "title": .string(status.reason), "status": .integer(status.code),
                "instance": "/example", "requestId": "1x7k-42", "errors": status == .unprocessable ? faults : nil,
            ])
    }

    private static func response(_ description: String, _ headers: JSONNode, example: JSONNode?) -> JSONNode {
        let content: JSONNode = ["schema": .reference("#/components/schemas/" + Problem.schema.name), "example": example]
        return [
            "description": .string(description),
            "headers": JSONNode.object([JSONNode.Member(name: "x-request-id", value: OpenAPIHeader.requestID)]).adding(headers),
            "content": .object([JSONNode.Member(name: Problem.mediaType, value: content)]),
        ]
    }
}

extension Access {
    /// Whether being signed in is not sufficient to call.
    fileprivate var isRestricted: Bool {
        switch self {
        case .anyone, .signedIn: false
        case .role, .services: true
        }
    }
}
