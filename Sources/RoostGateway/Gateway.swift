import Roost
import RoostDocuments
import RoostHTTP

/// The one door to the system: finds the service that a public route belongs to, and passes the request on.
///
/// Routes for the system's own services have no door here. What a client may not say (who it is as a service, when the
/// system should stop waiting) is taken out of the request, and every response is given the headers that protect a browser.
public struct Gateway: Sendable {
    /// The port to listen on.
    public let port: Int
    /// A folder of pages served beside the services' routes, seen from the working folder.
    public let site: String?
    /// How long a client waits at the most for an answer to begin, once its request is there.
    public let timeout: Duration
    /// Whether `/docs` shows what the system promises, and `/openapi.json`, `/asyncapi.json` and `/protos/` tell it to programs.
    public let documents: Bool
    /// How much one client may hold of what all share.
    public let shares: ClientShares
    /// What every call that passes the gateway passes through, outermost first.
    public let interceptors: [any Interceptor]
    /// What every request passes through, outermost first, besides what protects browsers.
    public let middleware: [any Middleware]
    /// Where bodies wait: of all services.
    let room: SpoolRoom

    /// - Parameters:
    ///   - port: what to listen on, unless `PORT` says otherwise.
    ///   - site: a folder of pages to serve beside the services' routes, seen from the working folder.
    ///   - timeout: how long a client waits at the most for an answer to begin.
    ///   - documents: whether to tell what the system promises, at `/docs` and beside it.
    ///   - shares: how much one client may hold of what all share.
    ///   - interceptors: what every call that passes the gateway passes through, outermost first.
    ///   - middleware: what every request passes through, outermost first.
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
        room = SpoolRoom(shares)
    }

    /// Keeps each client's calls to one service in this process to the client's share.
    public func sharing() -> any Interceptor {
        ShareInterceptor(
            exchanges: Turns(each: shares.exchanges, waiting: shares.waiting), streams: Turns(each: shares.streams, all: shares.allStreams))
    }

    /// How the gateway's server is to be started: for callers from outside, each of whom gets an answer within `timeout`, even where a
    /// handler does not heed its deadline.
    public var server: HTTPServer.Configuration {
        var limits = HTTPLimits()
        limits.answerTimeout = timeout
        return HTTPServer.Configuration(port: port, limits: limits, callers: .anyone)
    }

    /// The gateway as a responder.
    /// - Parameter description: what the documents tell, of which outsiders see the published part.
    /// - Throws: a `ConfigurationError` where two routes collide, those of different services, of the site's files and of the documents
    ///   too, or the site cannot be read.
    public func responder(to upstreams: [Upstream], describing description: SystemDescription? = nil) throws(ConfigurationError)
        -> Responder
    {
        let endpoints = try endpoints(to: upstreams, describing: description)
        let router = try Router(endpoints.intercepted(by: interceptors))
        return router.responder(through: [BrowserProtection(), Trust()] + middleware)
    }

    /// What is wrong with the routes that would meet here, a line for every two that collide.
    /// - Throws: a `ConfigurationError` where the site cannot be read.
    public func faults(of upstreams: [Upstream], describing description: SystemDescription? = nil) throws(ConfigurationError) -> [String] {
        Router.faults(of: try endpoints(to: upstreams, describing: description))
    }

    private func endpoints(to upstreams: [Upstream], describing description: SystemDescription?) throws(ConfigurationError) -> [Endpoint] {
        var endpoints = upstreams.flatMap { $0.publicEndpoints(within: timeout, gatheringIn: room) }
        if let site { endpoints += try Site(folder: site).endpoints }
        // Unlike on a service's own port, what takes the place of a document here takes it from the whole system: that is to be said.
        if documents, let description { endpoints += Documents(of: description.published).endpoints(beside: []) }
        return endpoints
    }
}
