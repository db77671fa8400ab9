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

    /// The contract's name and the function's: `orders.place`.
    public let operation: String
    public let method: Method
    public let path: PathPattern
    /// The status of success.
    public let status: Status
    public let access: Access
    /// What it is for: the first paragraph of the function's comment.
    public let summary: String
    /// What the comment says beyond that, a line a paragraph.
    public let details: String
    public let parameters: [Parameter]
    /// The body's schema; `nil` where the route takes none.
    public let body: JSONSchema?
    /// The reply's schema; `nil` where the route replies with nothing or with a raw response.
    public let reply: JSONSchema?
    /// The most bytes that a body may have; of a stream, that each of its messages may have.
    public let bodyLimit: Int
    /// Which sides send a stream of messages rather than one.
    public let streaming: Streaming
    /// What the `Location` of a success says, its placeholders filled from the reply; `nil` where there is none.
    public let location: String?
    /// Whether a signed-in caller may repeat a call safely under an `Idempotency-Key`.
    public let takesIdempotencyKey: Bool
    /// The statuses of problems that its function throws, beyond those that every route may answer.
    public let problems: [Status]
    /// Where the route is answered as a remote procedure: `/orders.Orders/Place`.
    public let procedure: String

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
        self.operation = operation
        self.method = method
        self.path = path
        self.status = status
        self.access = access
        self.summary = summary
        self.details = details
        self.parameters = parameters
        self.body = body
        self.reply = reply
        self.bodyLimit = bodyLimit
        self.streaming = streaming
        self.location = location
        self.takesIdempotencyKey = takesIdempotencyKey
        self.problems = problems
        procedure = ProcedureName(operation: operation).path
    }

    /// 1 MiB.
    public static let defaultBodyLimit = 1 << 20
}
