import Logging
import Synchronization

/// The target of a contract's client: a service over a network or in this process. The client is the same in both cases.
public final class Callee<API: Sendable>: Sendable {
    enum Way: Sendable {
        case wire(any Caller)
        case local(LocalCallee<API>)
    }

    let way: Way

    /// Creates a callee that is reached over a network.
    public init(over caller: any Caller) { way = .wire(caller) }

    /// Creates a callee in this process.
    public init(_ local: LocalCallee<API>) { way = .local(local) }
}

/// A service in this process, as another service calls it.
///
/// The implementation is found at the first call, so that services which call each other can start together.
public final class LocalCallee<API: Sendable>: Sendable {
    /// The name of the calling service.
    let caller: String
    /// Encodes the calls that are made with an idempotency key.
    let codec: (any CallCodec)?
    /// The interceptors of the calling service.
    let interceptors: [any Interceptor]
    private let find: @Sendable () async throws -> LocalService<API>
    private let found = AtomicLazyReference<LocalService<API>>()

    /// Creates a callee.
    /// - Parameters:
    ///   - caller: The name of the calling service.
    ///   - codec: Encodes calls with an idempotency key, because their responses are stored; `nil` if keys have no effect.
    ///   - interceptors: The interceptors that each call passes through on the side of its caller, outermost first.
    ///   - find: Finds the implementation once it has started.
    public init(
        for caller: String, codec: (any CallCodec)?, interceptors: [any Interceptor] = [],
        finding find: @escaping @Sendable () async throws -> LocalService<API>
    ) {
        self.caller = caller
        self.codec = codec
        self.interceptors = interceptors
        self.find = find
    }

    func service() async throws -> LocalService<API> {
        if let service = found.load() { return service }
        return found.storeIfNil(try await find())
    }
}

/// The implementation of a contract in this process.
public final class LocalService<API: Sendable>: Sendable {
    let implementation: API
    let logger: Logger
    /// The interceptors that observe its calls.
    let observers = [any Interceptor].telemetry()
    private let endpoints: [String: Endpoint]

    /// Creates a service.
    /// - Parameters:
    ///   - implementation: The object that is called.
    ///   - endpoints: The endpoints of the contract, with the interceptors of every call.
    ///   - logger: The logger of the service's calls.
    public init(_ implementation: API, endpoints: [Endpoint], logger: Logger = RequestContext.defaultLogger) {
        self.implementation = implementation
        self.logger = logger
        self.endpoints = Dictionary(endpoints.map { ($0.route.operation, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Returns the endpoint of a route.
    /// - Throws: A `Problem` with status 501 if the service does not have the operation.
    func endpoint(of route: Route) throws(Problem) -> Endpoint {
        guard let endpoint = endpoints[route.operation] else { throw Problem(.notImplemented, "Nothing serves \(route.operation) here.") }
        return endpoint
    }
}
