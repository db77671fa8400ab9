public import Roost
public import RoostDocuments
public import RoostGateway
public import RoostHTTP

/// A gateway that identifies the caller of each request before it passes the request on to a service. See `Gateway.authenticating(_:)`.
public struct AuthenticatingGateway: EdgeDefinition {
    /// Creates the middleware, outermost first, from what the gateway's process provides: the store, the service key, other services.
    public typealias Authentication = @Sendable (ServiceHost) async throws -> [any Middleware]

    private let gateway: Gateway
    private let authentication: Authentication

    fileprivate init(_ gateway: Gateway, _ authentication: @escaping Authentication) {
        self.gateway = gateway
        self.authentication = authentication
    }

    /// The gateway's name.
    public var name: String { gateway.name }

    /// The gateway's port.
    public var port: Int { gateway.port }

    /// The configuration of the gateway's server.
    public func server(for system: SystemDescription) -> HTTPServer.Configuration { gateway.server(for: system) }

    /// Returns the faults of the gateway's routes.
    public func faults(before services: [Upstream], of system: SystemDescription) throws(ConfigurationError) -> [String] {
        try gateway.faults(before: services, of: system)
    }

    /// Assembles the gateway, with the middleware around the routes of services.
    public func assemble(on host: ServiceHost) async throws -> some EndpointProvider {
        try await gateway.endpoints(on: host, authentication: try await authentication(host))
    }
}

extension Gateway {
    /// Returns this gateway as one that identifies the caller of each request for a service.
    ///
    /// If the middleware signs what it finds out, as `GatewayAuthentication` of `RoostAuth` does, the services need not verify access tokens
    /// again. Requests for pages and documents, which are for everyone, do not pass through it.
    /// - Parameter authentication: Creates the middleware, outermost first, when the gateway starts.
    public func authenticating(_ authentication: @escaping AuthenticatingGateway.Authentication) -> AuthenticatingGateway {
        AuthenticatingGateway(self, authentication)
    }
}
