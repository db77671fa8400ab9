import Roost

/// A service behind the gateway: its routes, and what answers them, in this process or over the network.
public struct Upstream: Sendable {
    public let name: String
    public let routes: [Route]
    private let respond: Responder

    public init(_ name: String, routes: [Route], respond: @escaping Responder) {
        self.name = name
        self.routes = routes
        self.respond = respond
    }

    /// The routes that are not for the system's own services alone. Who may call them, the service itself checks.
    var publicEndpoints: [Endpoint] {
        routes.filter { $0.access != .services }.map { route in
            Endpoint(forwarding: route) { [respond] request, context in try await respond(request, context) }
        }
    }
}
