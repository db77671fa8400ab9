public import Roost

/// The one door to the system: finds the service that a public route belongs to, and passes the request on.
///
/// Routes for the system's own services have no door here. What a client may not say (who it is as a service, when the
/// system should stop waiting) is taken out of the request, and every response is given the headers that protect a browser.
public struct Gateway: Sendable {
    /// The port to listen on.
    public let port: Int
    /// Pages served beside the services' routes.
    public let site: Site?
    /// How long a client waits at the most for an answer to begin.
    public let timeout: Duration

    /// - Parameters:
    ///   - port: what to listen on, unless `PORT` says otherwise.
    ///   - site: pages to serve beside the services' routes.
    public init(port: Int = 8000, site: Site? = nil, timeout: Duration = .seconds(30)) {
        self.port = port
        self.site = site
        self.timeout = timeout
    }

    /// The gateway as a responder.
    /// - Throws: a `ConfigurationError` where two services claim one route.
    public func responder(to upstreams: [Upstream]) throws(ConfigurationError) -> Responder {
        let endpoints = upstreams.flatMap(\.publicEndpoints) + (site?.endpoints ?? [])
        let middleware: [any Middleware] = [BrowserProtection(), Trust(), TimeLimit(timeout: timeout)]
        return middleware.around(try Router(endpoints).responder)
    }
}
