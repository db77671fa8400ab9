/// What a service promises, made by `@Contract` from a protocol: its routes, what serves them, and what calls them.
public protocol Contract: Sendable {
    /// The protocol, as `any SomeAPI`.
    associatedtype API: Sendable

    /// The contract's name and its routes.
    static var description: ContractDescription { get }

    /// What serves the contract, given what implements it.
    static func endpoints(of service: API) -> [Endpoint]

    /// A client that calls the contract, over a wire or in this process.
    static func client(of callee: Callee<API>) -> API
}

extension Contract {
    /// A client that calls the contract over a wire.
    public static func client(over caller: any Caller) -> API { client(of: Callee(over: caller)) }
}

/// A contract's name and routes.
public struct ContractDescription: Sendable {
    public let name: String
    /// What it is for: the first paragraph of the protocol's comment.
    public let summary: String
    /// What the comment says beyond that, a line a paragraph.
    public let details: String
    public let routes: [Route]

    public init(_ name: String, summary: String = "", details: String = "", routes: [Route]) {
        self.name = name
        self.summary = summary
        self.details = details
        self.routes = routes
    }

    /// The contract as outsiders may know it: without the routes for the system's own services.
    public var published: ContractDescription {
        ContractDescription(name, summary: summary, details: details, routes: routes.filter { $0.access != .services })
    }
}

/// Carries calls to where a contract is served.
public protocol Caller: Sendable {
    /// How a call's arguments and its reply are written.
    var codec: any CallCodec { get }

    /// Makes a call that is written as a request.
    /// - Throws: a `Problem` that was answered, or that says why no answer came: 503 when nothing is there, 504 when the deadline passed.
    func send(_ request: Request, for route: Route) async throws -> Response
}
