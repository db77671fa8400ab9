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

        public init(_ name: String, in location: Location, isRequired: Bool, schema: JSONSchema) {
            self.name = name
            self.location = location
            self.isRequired = isRequired
            self.schema = schema
        }
    }

    /// The contract's name and the function's: `orders.place`.
    public let operation: String
    public let method: Method
    public let path: PathPattern
    /// The status of success.
    public let status: Status
    public let access: Access
    public let summary: String
    public let parameters: [Parameter]
    /// The body's schema; `nil` where the route takes none.
    public let body: JSONSchema?
    /// The reply's schema; `nil` where the route replies with nothing or with a raw response.
    public let reply: JSONSchema?
    /// The most bytes that a body may have.
    public let bodyLimit: Int

    public init(
        _ operation: String, _ method: Method, _ path: PathPattern, status: Status = .ok, access: Access = .anyone,
        summary: String = "", parameters: [Parameter] = [], body: JSONSchema? = nil, reply: JSONSchema? = nil,
        bodyLimit: Int = Route.defaultBodyLimit
    ) {
        self.operation = operation
        self.method = method
        self.path = path
        self.status = status
        self.access = access
        self.summary = summary
        self.parameters = parameters
        self.body = body
        self.reply = reply
        self.bodyLimit = bodyLimit
    }

    /// 1 MiB.
    public static let defaultBodyLimit = 1 << 20
}
