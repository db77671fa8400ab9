/// The contract of a service, which `@Contract` makes from a protocol: its routes, and how to serve and call them.
public protocol Contract: Sendable {
    /// The protocol, as `any SomeAPI`.
    associatedtype API: Sendable

    /// The contract's name and its routes.
    static var description: ContractDescription { get }

    /// Returns the endpoints of an implementation.
    static func endpoints(of service: API) -> [Endpoint]

    /// Returns a client that calls the contract, over a network or in this process.
    static func client(of callee: Callee<API>) -> API
}

extension Contract {
    /// Returns a client that calls the contract over a network.
    public static func client(over caller: any Caller) -> API { client(of: Callee(over: caller)) }
}

/// A contract's name and routes.
public struct ContractDescription: Sendable {
    /// The contract's name, which begins the name of each of its operations.
    public let name: String
    /// The purpose of the contract: the first paragraph of the protocol's comment.
    public let summary: String
    /// The further paragraphs of the comment, one on each line.
    public let details: String
    /// The contract's routes, in the order of their declaration.
    public let routes: [Route]

    /// Creates a description of a contract.
    public init(_ name: String, summary: String = "", details: String = "", routes: [Route]) {
        self.name = name
        self.summary = summary
        self.details = details
        self.routes = routes
    }

    /// The contract as outsiders may see it, without the routes that only services of the system may call.
    public var published: ContractDescription {
        ContractDescription(name, summary: summary, details: details, routes: routes.filter { $0.access != .services })
    }
}

/// Carries calls to the service that serves a contract.
public protocol Caller: Sendable {
    /// Encodes the calls.
    var codec: any CallCodec { get }
    /// The name with which the calling service identifies itself; `nil` if the calls are not those of a service.
    var serviceName: String? { get }

    /// Makes a call that is written as a request.
    /// - Throws: The `Problem` that the service replied with, or one that tells why no reply came: 503 if the service cannot be reached,
    ///   504 if the deadline passed.
    func send(_ request: Request, for route: Route) async throws -> Response
}

extension Caller {
    /// Returns `nil`: the calls are not those of a service.
    public var serviceName: String? { nil }
}
