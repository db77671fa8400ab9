/// One operation of a contract, as every wire and every document needs to know it.
public struct Route: Sendable {
    /// Where a parameter travels.
    public enum Location: Hashable, Sendable {
        case path, query
        /// A header field of this name.
        case header(String)
    }

    public struct Parameter: Sendable {
        public let name: String
        public let location: Location
        public let isRequired: Bool
        public let schema: JSONSchema

        /// - Parameter schema: of the parameter's type. A text in a path is an identifier besides.
        public init(_ name: String, in location: Location, isRequired: Bool, schema: JSONSchema) {
            self.name = name
            self.location = location
            self.isRequired = isRequired
            self.schema = if location == .path, case .scalar("string", nil) = schema { schema.identifier(Bounds(1...255)) } else { schema }
        }
    }

    private struct Content: Sendable {
        let operation: String
        let method: Method
        let path: PathPattern
        let status: Status
        let access: Access
        let summary: String
        let details: String
        let parameters: [Parameter]
        let body: JSONSchema?
        let reply: JSONSchema?
        let bodyLimit: Int
        let streaming: Streaming
        let location: String?
        let takesIdempotencyKey: Bool
        let problems: [Status]
        let procedure: String
    }

    /// What the route says, in one place: a route is copied with every call.
    private final class Storage: Sendable {
        let content: Content

        init(_ content: Content) { self.content = content }
    }

    private let storage: Storage

    /// The contract's name and the function's: `orders.place`.
    public var operation: String { storage.content.operation }
    public var method: Method { storage.content.method }
    public var path: PathPattern { storage.content.path }
    /// The status of success.
    public var status: Status { storage.content.status }
    public var access: Access { storage.content.access }
    /// What it is for: the first paragraph of the function's comment.
    public var summary: String { storage.content.summary }
    /// What the comment says beyond that, a line a paragraph.
    public var details: String { storage.content.details }
    public var parameters: [Parameter] { storage.content.parameters }
    /// The body's schema; `nil` where the route takes none.
    public var body: JSONSchema? { storage.content.body }
    /// The reply's schema; `nil` where the route replies with nothing or with a raw response.
    public var reply: JSONSchema? { storage.content.reply }
    /// The most bytes that a body may have; of a stream, that each of its messages may have.
    public var bodyLimit: Int { storage.content.bodyLimit }
    /// Which sides send a stream of messages rather than one.
    public var streaming: Streaming { storage.content.streaming }
    /// What the `Location` of a success says, its placeholders filled from the reply; `nil` where there is none.
    public var location: String? { storage.content.location }
    /// Whether a signed-in caller may repeat a call safely under an `Idempotency-Key`.
    public var takesIdempotencyKey: Bool { storage.content.takesIdempotencyKey }
    /// The statuses of problems that its function throws, beyond those that every route may answer.
    public var problems: [Status] { storage.content.problems }
    /// Where the route is answered as a remote procedure: `/orders.Orders/Place`.
    public var procedure: String { storage.content.procedure }

    /// Which sides of a call send a stream of messages rather than one.
    public struct Streaming: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The caller sends a stream: `body` is the schema of its elements.
        public static let request = Streaming(rawValue: 1)
        /// The callee replies with a stream: `reply` is the schema of its elements.
        public static let reply = Streaming(rawValue: 2)
    }

    public init(
        _ operation: String, _ method: Method, _ path: PathPattern, status: Status = .ok, access: Access = .anyone,
        summary: String = "", details: String = "", parameters: [Parameter] = [], body: JSONSchema? = nil, reply: JSONSchema? = nil,
        bodyLimit: Int = Route.defaultBodyLimit, streaming: Streaming = [],
        location: String? = nil, takesIdempotencyKey: Bool = false, problems: [Status] = []
    ) {
        storage = Storage(
            Content(
                operation: operation, method: method, path: path, status: status, access: access, summary: summary, details: details,
                parameters: parameters, body: body, reply: reply, bodyLimit: bodyLimit, streaming: streaming, location: location,
                takesIdempotencyKey: takesIdempotencyKey, problems: problems, procedure: ProcedureName(operation: operation).path))
    }

    /// 1 MiB.
    public static let defaultBodyLimit = 1 << 20
}
