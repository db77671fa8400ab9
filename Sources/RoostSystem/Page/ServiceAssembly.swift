import Roost
import RoostDocuments
import RoostStore

/// A service put together: what it answers, and through which middleware.
public struct ServiceAssembly: Sendable {
    public private(set) var endpoints: [Endpoint] = []
    private(set) var implementations: [(contract: String, service: any Sendable)] = []
    /// What every request passes through, outermost first.
    public var middleware: [any Middleware] = []
    /// What every call passes through, outermost first, whether it comes over a wire or from another service of the process.
    public var interceptors: [any Interceptor] = []

    /// - Parameters:
    ///   - middleware: What every request passes through, outermost first.
    ///   - interceptors: What every call passes through, outermost first.
    public init(middleware: [any Middleware] = [], interceptors: [any Interceptor] = []) {
        self.middleware = middleware
        self.interceptors = interceptors
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
    ///   - endpoints: what `calls(through:remembering:)` made.
    /// - Throws: a `ConfigurationError` where two routes collide.
    func responder(health: Health, documents: Documents, endpoints: [Endpoint]) throws(ConfigurationError) -> Responder {
        let served = endpoints + health.endpoints
        return try Router(served + documents.endpoints(beside: served)).responder(through: middleware)
    }

    /// The endpoints as they are called, over a wire or from another service of the process.
    /// - Parameters:
    ///   - outer: what the calls of every service of the system pass through.
    ///   - store: where the routes that take idempotency keys keep their answers.
    func calls(through outer: [any Interceptor], remembering store: any KeyValueStore) -> [Endpoint] {
        endpoints.rememberingAnswers(in: store).intercepted(by: outer + interceptors)
    }
}
