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
            (hasBody || !route.parameters.isEmpty || takesIdempotencyKey, badRequest),
            (route.access != .anyone || route.takesAccount, unauthorized),
            (route.access.isRestricted, forbidden), (!route.path.placeholders.isEmpty, notFound), (takesIdempotencyKey, conflict),
            (hasBody || takesIdempotencyKey, tooLarge), (hasBody && !isRaw, unsupported), (hasChecks, invalid),
            (route.streaming.contains(.reply), upgradeRequired), (system.hasGateway, unavailable), (system.hasGateway, tooLate),
        ]
        let own = Set(route.problems.map(\.code)).union(applying.filter(\.0).map(\.1.status.code))
        return all.filter { own.contains($0.status.code) }
    }

    /// Returns the responses by name, and one for all other problems.
    /// - Parameters:
    ///   - shape: The shape of errors.
    ///   - schema: The schema of that shape, as the document refers to it.
    static func components(shape: any ErrorDocument.Type, schema: JSONNode) -> JSONNode {
        let content = Content(shape: shape, schema: schema)
        let shared = all.map { JSONNode.Member(name: $0.name, value: content.response($0.description, $0.headers, to: $0.example)) }
        let other = JSONNode.Member(name: "Problem", value: content.response("Any other problem.", [:], to: nil))
        return .object(shared + [other])
    }

    private static let retryAfter: JSONNode = ["Retry-After": .reference("#/components/headers/Retry-After")]

    /// An example, as its shape writes it.
    private var example: Problem {
        let faults = [Fault(pointer: "/email", rule: "format", message: "must be an email address")]
        return Problem(status, errors: status == .unprocessable ? faults : [])
    }
}

/// What the response to a problem holds.
private struct Content {
    let shape: any ErrorDocument.Type
    let schema: JSONNode

    func response(_ description: String, _ headers: JSONNode, to problem: Problem?) -> JSONNode {
        let content: JSONNode = ["schema": schema, "example": problem.map(example)]
        return [
            "description": .string(description),
            "headers": JSONNode.object([JSONNode.Member(name: "x-request-id", value: OpenAPIHeader.requestID)]).adding(headers),
            "content": .object([JSONNode.Member(name: shape.mediaType, value: content)]),
        ]
    }

    private func example(_ problem: Problem) -> JSONNode {
        let document = problem.document(instance: "/example", requestID: "1x7k-42", as: shape)
        return (try? JSON.decode(JSONValue.self, from: document)).map { JSONNode($0) } ?? .null
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
