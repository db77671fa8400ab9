/// One operation of a contract: all that protocols and documents need to know of it.
public struct Route: Sendable {
    /// The part of a request that holds a parameter.
    public enum Location: Hashable, Sendable {
        /// The path, under a placeholder.
        case path
        /// The query.
        case query
        /// A header field of this name.
        case header(String)
    }

    /// A value that a call takes from its path, its query or a header field.
    public struct Parameter: Sendable {
        /// The parameter's name in the request.
        public let name: String
        /// The part of the request that holds the parameter.
        public let location: Location
        /// Whether a request without the parameter is refused.
        public let isRequired: Bool
        /// The schema of the parameter's value.
        public let schema: JSONSchema
        /// Whether the parameter is a list, which a query gives once for each value: `?tag=a&tag=b`.
        public let isList: Bool

        /// Creates a parameter.
        /// - Parameters:
        ///   - name: The parameter's name in the request.
        ///   - location: The part of the request that holds the parameter.
        ///   - isRequired: Whether a request without the parameter is refused.
        ///   - schema: The schema of the value. Text in a path must also be an identifier.
        public init(_ name: String, in location: Location, isRequired: Bool, schema: JSONSchema) {
            self.name = name
            self.location = location
            self.isRequired = isRequired
            isList = schema.isList
            self.schema = if location == .path, case .scalar("string", nil) = schema { schema.identifier(Bounds(1...255)) } else { schema }
        }
    }

    private struct Content: Sendable {
        let operation: String
        let method: RequestMethod
        let path: PathPattern
        let status: Status
        let access: Access
        let summary: String
        let details: String
        let parameters: [Parameter]
        let cookies: [String]
        let takesAccount: Bool
        let body: JSONSchema?
        let reply: JSONSchema?
        let bodyLimit: Int
        let streaming: Streaming
        let location: String?
        let takesIdempotencyKey: Bool
        let problems: [Status]
        let procedure: String
    }

    /// The content of a route in one object, because routes are copied with every call.
    private final class Storage: Sendable {
        let content: Content

        init(_ content: Content) { self.content = content }
    }

    private let storage: Storage

    /// The contract's name and the function's: `orders.place`.
    public var operation: String { storage.content.operation }
    /// The request method.
    public var method: RequestMethod { storage.content.method }
    /// The path, with placeholders for its parameters.
    public var path: PathPattern { storage.content.path }
    /// The status of success.
    public var status: Status { storage.content.status }
    /// Who may call the route.
    public var access: Access { storage.content.access }
    /// The purpose of the route: the first paragraph of the function's comment.
    public var summary: String { storage.content.summary }
    /// The further paragraphs of the comment, one on each line.
    public var details: String { storage.content.details }
    /// The parameters in the path, the query and header fields.
    public var parameters: [Parameter] { storage.content.parameters }
    /// The names of the cookies that the route reads. They are not among the parameters: in every protocol, they are in the header field
    /// `cookie`.
    public var cookies: [String] { storage.content.cookies }
    /// Whether the function wants to know who is signed in, although others may call it as well.
    public var takesAccount: Bool { storage.content.takesAccount }
    /// The body's schema; `nil` if the route takes none.
    public var body: JSONSchema? { storage.content.body }
    /// The reply's schema; `nil` if the reply is empty or the function makes the response itself.
    public var reply: JSONSchema? { storage.content.reply }
    /// The largest body in bytes, or of a stream, the largest message.
    public var bodyLimit: Int { storage.content.bodyLimit }
    /// Which sides send a stream of messages.
    public var streaming: Streaming { storage.content.streaming }
    /// The `Location` of a success, whose placeholders are properties of the reply; `nil` if there is none.
    public var location: String? { storage.content.location }
    /// Whether a signed-in caller can repeat a call safely with an `Idempotency-Key`.
    public var takesIdempotencyKey: Bool { storage.content.takesIdempotencyKey }
    /// The statuses of problems that the function throws, in addition to those that every route may reply with.
    public var problems: [Status] { storage.content.problems }
    /// The path of the remote procedure: `/orders.Orders/Place`.
    public var procedure: String { storage.content.procedure }

    /// Which sides of a call send a stream of messages.
    public struct Streaming: OptionSet, Hashable, Sendable {
        /// The bits of the set.
        public let rawValue: UInt8
        /// Creates a set from its bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The caller sends a stream: `body` is the schema of its elements.
        public static let request = Streaming(rawValue: 1)
        /// The callee replies with a stream: `reply` is the schema of its elements.
        public static let reply = Streaming(rawValue: 2)
    }

    /// Creates a route.
    /// - Parameters:
    ///   - operation: The contract's name and the function's, such as `orders.place`.
    ///   - method: The request method.
    ///   - path: The path, with placeholders for its parameters.
    ///   - status: The status of a successful response.
    ///   - access: Who may call the route.
    ///   - summary: The purpose of the route, in one sentence.
    ///   - details: Further paragraphs, one on each line.
    ///   - parameters: The parameters in the path, the query and header fields.
    ///   - cookies: The names of the cookies that the route reads.
    ///   - takesAccount: Whether the function wants to know who is signed in, although others may call it as well.
    ///   - body: The schema of the body; `nil` if the route takes none.
    ///   - reply: The schema of the reply; `nil` if there is none or the function makes the response itself.
    ///   - bodyLimit: The largest body in bytes, or of a stream, the largest message.
    ///   - streaming: Which sides send a stream.
    ///   - location: The pattern of the `Location` field, whose placeholders are fields of the reply.
    ///   - takesIdempotencyKey: Whether a signed-in caller may repeat a call under an `Idempotency-Key`.
    ///   - problems: The statuses of problems that the function throws, for the documents.
    public init(
        _ operation: String, _ method: RequestMethod, _ path: PathPattern, status: Status = .ok, access: Access = .anyone,
        summary: String = "", details: String = "", parameters: [Parameter] = [], cookies: [String] = [], takesAccount: Bool = false,
        body: JSONSchema? = nil, reply: JSONSchema? = nil, bodyLimit: Int = Route.defaultBodyLimit, streaming: Streaming = [],
        location: String? = nil, takesIdempotencyKey: Bool = false, problems: [Status] = []
    ) {
        storage = Storage(
            Content(
                operation: operation, method: method, path: path, status: status, access: access, summary: summary, details: details,
                parameters: parameters, cookies: cookies, takesAccount: takesAccount, body: body, reply: reply, bodyLimit: bodyLimit,
                streaming: streaming, location: location,
                takesIdempotencyKey: takesIdempotencyKey, problems: problems, procedure: ProcedureName(operation: operation).path))
    }

    /// The default limit of a body: 1 MiB.
    public static let defaultBodyLimit = 1 << 20
}

extension JSONSchema {
    fileprivate var isList: Bool {
        switch self {
        case .array: true
        case .constrained(let schema, _), .nullable(let schema): schema.isList
        default: false
        }
    }
}
