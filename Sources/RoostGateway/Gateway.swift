import Roost
import RoostDocuments
import RoostGRPC
import RoostHTTP

/// The public entry to the system: it finds the service of a route, and passes the request on.
///
/// Routes for the system's own services are not reachable. Header fields that only the system may send, such as the service key and its
/// timeout, are removed from requests, and every response gets the header fields that protect browsers.
public struct Gateway: Sendable {
    /// The port to listen on.
    public let port: Int
    /// The folder of pages that are served beside the routes, relative to the working directory.
    public let site: String?
    /// The longest time until a response begins, after the request has arrived.
    public let timeout: Duration
    /// Whether `/docs`, `/openapi.json`, `/asyncapi.json` and `/protos/` describe the system.
    public let documents: Bool
    /// The share of each client in shared resources.
    public let shares: ClientShares
    /// The interceptors of every call through the gateway, outermost first.
    public let interceptors: [any Interceptor]
    /// The middleware of every request, in addition to the protection of browsers, outermost first.
    public let middleware: [any Middleware]
    /// The memory and disk space for waiting bodies, which all services share.
    let capacity: SpoolCapacity

    /// Creates a gateway.
    /// - Parameters:
    ///   - port: The default of the setting `PORT`.
    ///   - site: A folder of pages to serve beside the routes, relative to the working directory.
    ///   - timeout: The longest time until a response begins.
    ///   - documents: Whether to serve the documents, at `/docs` and beside it.
    ///   - shares: The share of each client in shared resources.
    ///   - interceptors: The interceptors of every call through the gateway, outermost first.
    ///   - middleware: The middleware of every request, outermost first.
    public init(
        port: Int = 8000, site: String? = nil, timeout: Duration = .seconds(30), documents: Bool = true,
        shares: ClientShares = ClientShares(), interceptors: [any Interceptor] = [], middleware: [any Middleware] = []
    ) {
        self.port = port
        self.site = site
        self.timeout = timeout
        self.documents = documents
        self.shares = shares
        self.interceptors = interceptors
        self.middleware = middleware
        capacity = SpoolCapacity(shares)
    }

    /// Returns an interceptor that limits the calls of each client to a service in this process.
    public func sharing() -> any Interceptor {
        ShareInterceptor(
            exchanges: ConcurrencyLimiter(each: shares.exchanges, waiting: shares.waiting),
            streams: ConcurrencyLimiter(each: shares.streams, all: shares.allStreams))
    }

    /// The configuration of the gateway's server: for callers from outside, each of whom gets a response within `timeout`, even if a
    /// handler ignores its deadline.
    public var server: HTTPServer.Configuration {
        var limits = HTTPLimits()
        limits.responseTimeout = timeout
        return HTTPServer.Configuration(port: port, limits: limits, callers: .anyone)
    }

    /// Returns the configuration of the gateway's server for a system, with the gRPC services that its contracts publish.
    public func server(for system: SystemDescription) -> HTTPServer.Configuration {
        var server = server
        let contracts = system.contracts.map(\.published)
        server.protocols = [GRPCProtocol(serving: contracts, capacity: SharedCapacity(shares.memory)) { true }]
        return server
    }

    /// The middleware for every request, outermost first: the protection of browsers, and that given to the gateway.
    public var layers: [any Middleware] { [BrowserProtection(), ReservedHeaderFilter()] + middleware }

    /// Returns the gateway as a responder.
    /// - Parameters:
    ///   - upstreams: The services.
    ///   - description: The description of the system, whose published part the documents contain.
    /// - Throws: A `ConfigurationError` if routes of services, files of the site or documents collide, or the site cannot be read.
    public func responder(to upstreams: [Upstream], describing description: SystemDescription? = nil) throws(ConfigurationError)
        -> Responder
    {
        let endpoints = try endpoints(to: upstreams, describing: description)
        let router = try Router(endpoints.intercepted(by: interceptors))
        return router.responder(through: layers)
    }

    /// Returns the faults of the routes, one line for any two that collide.
    /// - Throws: A `ConfigurationError` if the site cannot be read.
    public func faults(of upstreams: [Upstream], describing description: SystemDescription? = nil) throws(ConfigurationError) -> [String] {
        Router.faults(of: try endpoints(to: upstreams, describing: description))
    }

    /// Returns the public routes of the services, the files of the site, and the documents.
    /// - Parameters:
    ///   - upstreams: The services.
    ///   - description: The description of the system, whose published part the documents contain.
    ///   - authentication: The middleware that identifies the caller of every request for a service, outermost first.
    /// - Throws: A `ConfigurationError` if the site cannot be read.
    public func endpoints(
        to upstreams: [Upstream], describing description: SystemDescription?, authentication: [any Middleware] = []
    ) throws(ConfigurationError) -> [Endpoint] {
        var endpoints = upstreams.flatMap { $0.publicEndpoints(within: timeout, gatheringIn: capacity) }.map { $0.behind(authentication) }
        if let site { endpoints += try Site(folder: site).endpoints }
        // Unlike on a service's own port, a route in the place of a document would hide it for the whole system, so this is reported.
        if documents, let description { endpoints += Documents(of: description.published).endpoints(beside: []) }
        return endpoints
    }
}
