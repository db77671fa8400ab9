import Roost
import RoostDocuments
import RoostStore

/// A service put together: what it answers, through which middleware, and what it does besides answering.
public struct ServiceAssembly: Sendable {
    public private(set) var endpoints: [Endpoint] = []
    private(set) var implementations: [(contract: String, service: any Sendable)] = []
    /// What every request passes through, outermost first.
    public var middleware: [any Middleware] = []
    /// What runs for as long as the service does.
    public var workers: [Worker] = []

    public init(middleware: [any Middleware] = [], workers: [Worker] = []) {
        self.middleware = middleware
        self.workers = workers
    }

    /// Serves a contract. Services of the same process then call `service` directly.
    public mutating func serve<Served: Contract>(_ contract: Served.Type, by service: Served.API) {
        endpoints += contract.endpoints(of: service)
        implementations.append((contract.description.name, service))
    }

    /// Serves routes that belong to no contract.
    public mutating func serve(_ provider: some EndpointProvider) { endpoints += provider.endpoints }

    /// The service as one responder.
    /// - Parameters:
    ///   - documents: what is told of the service on its own port.
    ///   - store: where the routes that take idempotency keys keep their answers.
    /// - Throws: a `ConfigurationError` where two routes collide.
    func responder(health: Health, documents: Documents, store: any KeyValueStore) throws(ConfigurationError) -> Responder {
        let served = endpoints.rememberingAnswers(in: store) + health.endpoints
        return middleware.around(try Router(served + documents.endpoints(beside: served)).responder)
    }
}
