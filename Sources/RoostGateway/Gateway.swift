import Roost
import RoostDocuments

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
    /// Whether `/docs` shows what the system promises, and `/openapi.json`, `/asyncapi.json` and `/protos/` tell it to programs.
    public let documents: Bool

    /// - Parameters:
    ///   - port: what to listen on, unless `PORT` says otherwise.
    ///   - site: a folder of pages to serve beside the services' routes, seen from the working folder.
    ///   - timeout: how long a client waits at the most for an answer to begin.
    ///   - documents: whether to tell what the system promises, at `/docs` and beside it.
    public init(port: Int = 8000, site: String? = nil, timeout: Duration = .seconds(30), documents: Bool = true) {
        self.port = port
        self.site = site
        self.timeout = timeout
        self.documents = documents
    }

    /// The gateway as a responder.
    /// - Parameter description: what the documents tell, of which outsiders see the published part.
    /// - Throws: a `ConfigurationError` where two services claim one route, or the site cannot be read.
    public func responder(to upstreams: [Upstream], describing description: SystemDescription? = nil) throws(ConfigurationError)
        -> Responder
    {
        var endpoints = upstreams.flatMap(\.publicEndpoints)
        if let site { endpoints += try Site(folder: site).endpoints }
        if documents, let description { endpoints += Documents(of: description.published).endpoints(beside: endpoints) }
        let middleware: [any Middleware] = [BrowserProtection(), Trust(), TimeLimit(timeout: timeout)]
        return middleware.around(try Router(endpoints).responder)
    }
}
