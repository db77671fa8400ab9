import Roost
import RoostDocuments
import RoostEvents
import RoostIdempotency
import RoostStore

/// An assembled service: its endpoints, and the middleware and interceptors around them.
struct ServiceAssembly: Sendable {
    let endpoints: [Endpoint]
    let implementations: [ContractImplementation]
    private let layers: ServiceLayers

    /// - Parameters:
    ///   - provider: The implementation of the service.
    ///   - layers: The middleware and interceptors.
    init(_ provider: any EndpointProvider, layers: ServiceLayers) {
        endpoints = provider.endpoints.map {
            layers.keepsIdempotencyKeys && $0.lacksMemory ? $0.remembered(by: IdempotencyKeyInterceptor()) : $0
        }
        implementations = provider.implementations
        self.layers = layers
    }

    /// Returns the service as one responder.
    /// - Parameters:
    ///   - middleware: The middleware of the system.
    ///   - documents: The documents to serve on the service's own port.
    ///   - endpoints: The endpoints that `calls(through:remembering:)` returned.
    /// - Throws: A `ConfigurationError` if two routes collide.
    func responder(
        through middleware: [any Middleware], health: Health, documents: Documents, endpoints: [Endpoint]
    ) throws(ConfigurationError) -> Responder {
        let served = endpoints + health.endpoints
        return try Router(served + documents.endpoints(beside: served)).responder(through: middleware + layers.middleware)
    }

    /// Returns an edge as one responder: nothing is added to its endpoints.
    /// - Throws: A `ConfigurationError` if two routes collide.
    func edgeResponder() throws(ConfigurationError) -> Responder {
        try Router(endpoints.intercepted(by: layers.interceptors)).responder(through: layers.middleware)
    }

    /// Returns the endpoints with everything that calls pass through, over a network or from another service in the process.
    /// - Parameters:
    ///   - outer: The interceptors of the system.
    ///   - store: The store for the responses of routes that take idempotency keys.
    func calls(through outer: [any Interceptor], remembering store: any KeyValueStore) -> [Endpoint] {
        endpoints.rememberingResponses(in: store).intercepted(by: outer + layers.interceptors)
    }
}

/// The middleware and interceptors of a service, outermost first.
struct ServiceLayers: Sendable {
    var middleware: [any Middleware] = []
    var interceptors: [any Interceptor] = []
    /// Whether the service stores idempotency keys itself.
    var keepsIdempotencyKeys = false
    /// What may keep the service from being ready: each returns the reason, or `nil`.
    var readinessChecks: [@Sendable () -> String?] = []
}

extension ServiceDefinition {
    /// Assembles the service, with a consumer if it handles events.
    func assembly(on host: ServiceHost) async throws -> ServiceAssembly {
        let implementation = try await assemble(on: host)
        let subscriptions = implementation.eventSubscriptions.compactMap { $0 as? Subscription }
        if !subscriptions.isEmpty { try await host.handle(subscriptions) }
        return ServiceAssembly(implementation, layers: host.layers)
    }
}
