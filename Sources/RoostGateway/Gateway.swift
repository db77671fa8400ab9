import Roost

/// The one door to the system: finds the service that a public route belongs to, and passes the request on.
///
/// Routes for the system's own services have no door here. What a client may not say (who it is as a service, when the
/// system should stop waiting) is taken out of the request, and every response is given the headers that protect a browser.
public struct Gateway: Sendable {
    /// The port to listen on.
    public let port: Int
    /// A folder of pages served beside the services' routes, seen from the working folder.
    public let site: String?
    /// How long a client waits at the most for an answer to begin.
    public let timeout: Duration

    /// - Parameters:
    ///   - port: what to listen on, unless `PORT` says otherwise.
    ///   - site: a folder of pages to serve beside the services' routes, seen from the working folder.
    ///   - timeout: how long a client waits at the most for an answer to begin.
    public init(port: Int = 8000, site: String? = nil, timeout: Duration = .seconds(30)) {
        self.port = port
        self.site = site
        self.timeout = timeout
    }

    /// The gateway as a responder.
    /// - Throws: a `ConfigurationError` where two services claim one route, or the site cannot be read.
    public func responder(to upstreams: [Upstream]) throws(ConfigurationError) -> Responder {
        var endpoints = upstreams.flatMap(\.publicEndpoints)
        if let site { endpoints += try Site(folder: site).endpoints }
        let middleware: [any Middleware] = [BrowserProtection(), Trust(), TimeLimit(timeout: timeout)]
        return middleware.around(try Router(endpoints).responder)
    }
}
