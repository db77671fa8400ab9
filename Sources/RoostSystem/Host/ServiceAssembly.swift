import Roost
import RoostDocuments
import RoostEvents
import RoostIdempotency
import RoostStore

/// A service put together: what it answers, and what requests and calls pass through.
struct ServiceAssembly: Sendable {
    let endpoints: [Endpoint]
    let implementations: [ContractImplementation]
    private let layers: ServiceLayers

    /// - Parameters:
    ///   - provider: What implements the service.
    ///   - layers: What requests and calls pass through.
    init(_ provider: any EndpointProvider, layers: ServiceLayers) {
        endpoints = provider.endpoints
        implementations = provider.implementations
        self.layers = layers
    }

    /// Returns the service as one responder.
    /// - Parameters:
    ///   - documents: What is told of the service on its own port.
    ///   - endpoints: What `calls(through:remembering:)` made.
    /// - Throws: A `ConfigurationError` if two routes collide.
    func responder(health: Health, documents: Documents, endpoints: [Endpoint]) throws(ConfigurationError) -> Responder {
        let served = endpoints + health.endpoints
        return try Router(served + documents.endpoints(beside: served)).responder(through: layers.middleware)
    }

    /// Returns the endpoints as they are called, over a wire or from another service of the process.
    /// - Parameters:
    ///   - outer: What the calls of every service of the system pass through.
    ///   - store: Where the routes that take idempotency keys keep their answers.
    func calls(through outer: [any Interceptor], remembering store: any KeyValueStore) -> [Endpoint] {
        endpoints.rememberingAnswers(in: store).intercepted(by: outer + layers.interceptors)
    }
}

/// What a service's requests and calls pass through, outermost first.
struct ServiceLayers: Sendable {
    var middleware: [any Middleware] = []
    var interceptors: [any Interceptor] = []
}

extension ServiceDefinition {
    /// Puts the service together, with the consumer of its events if it handles any.
    func assembly(on host: ServiceHost) async throws -> ServiceAssembly {
        let implementation = try await assemble(on: host)
        let subscriptions = implementation.eventSubscriptions.compactMap { $0 as? Subscription }
        if !subscriptions.isEmpty { try await host.handle(subscriptions) }
        return ServiceAssembly(implementation, layers: host.layers)
    }
}
