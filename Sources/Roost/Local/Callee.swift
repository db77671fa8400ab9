import Logging

/// What a contract's client calls: a service over a wire, or one in this process. The client is the same either way.
public struct Callee<API: Sendable>: Sendable {
    enum Way: Sendable {
        case wire(any Caller)
        case local(LocalCallee<API>)
    }

    let way: Way

    /// Creates a callee that is reached over a wire.
    public init(over caller: any Caller) { way = .wire(caller) }

    /// Creates a callee in this process.
    public init(_ local: LocalCallee<API>) { way = .local(local) }
}

/// A service in this process, as another of its services calls it.
///
/// Which object serves the contract is found at the first call, so that two services that call one another start together.
public struct LocalCallee<API: Sendable>: Sendable {
    /// The name of the service that calls.
    let caller: String
    /// Writes the calls that are made under an idempotency key.
    let codec: (any CallCodec)?
    private let find: @Sendable () async throws -> LocalService<API>
    private let found = Lazy<LocalService<API>>()

    /// - Parameters:
    ///   - caller: the name of the service that calls.
    ///   - codec: how a call under an idempotency key is written, since what is kept of it is written; `nil` where keys have no effect.
    ///   - find: finds what serves the contract, once it is there.
    public init(
        for caller: String, codec: (any CallCodec)?, finding find: @escaping @Sendable () async throws -> LocalService<API>
    ) {
        self.caller = caller
        self.codec = codec
        self.find = find
    }

    func service() async throws -> LocalService<API> {
        if let service = found.value { return service }
        let service = try await find()
        found.set(service)
        return service
    }
}

/// What serves a contract in this process.
public struct LocalService<API: Sendable>: Sendable {
    let implementation: API
    let logger: Logger
    /// What observes its calls.
    let observers = [any Interceptor].telemetry()
    private let endpoints: [String: Endpoint]

    /// - Parameters:
    ///   - implementation: what the calls are made to.
    ///   - endpoints: the contract's, with the interceptors that every call passes through, whichever way it comes.
    ///   - logger: what the service's calls log to.
    public init(_ implementation: API, endpoints: [Endpoint], logger: Logger = RequestContext.defaultLogger) {
        self.implementation = implementation
        self.logger = logger
        self.endpoints = Dictionary(endpoints.map { ($0.route.operation, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// - Throws: a `Problem` with status 501 where the service does not have the operation.
    func endpoint(of route: Route) throws(Problem) -> Endpoint {
        guard let endpoint = endpoints[route.operation] else { throw Problem(.notImplemented, "Nothing serves \(route.operation) here.") }
        return endpoint
    }
}
