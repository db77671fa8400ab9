import Roost

/// Sends the calls of a contract to another service, together with the context of the calling call: the request identifier, the trace, the
/// remaining time and the principal. The transport determines the protocol.
public struct ServiceCaller: Caller {
    private let transport: any CallTransport
    private let interceptors: [any Interceptor]
    /// The interceptors that observe each call with all of its attempts, followed by the others.
    private let observed: [any Interceptor]

    /// The codec of the transport.
    public var codec: any CallCodec { transport.codec }
    /// The name with which the transport's service identifies itself.
    public var serviceName: String? { transport.serviceName }

    /// Creates a caller.
    /// - Parameters:
    ///   - transport: Sends each call once.
    ///   - interceptors: The interceptors of each call, outermost first; by default, retries, the deadline and a circuit breaker.
    public init(_ transport: any CallTransport, interceptors: [any Interceptor] = .resilience()) {
        self.transport = transport
        self.interceptors = interceptors
        observed = .telemetry() + interceptors
    }

    /// A caller by REST.
    /// - Parameter errors: The shape of the errors that are answered.
    public static func rest(
        _ client: PooledHTTPClient, to address: HTTPAddress, as identity: ServiceIdentity,
        errors: any ErrorDocument.Type = ProblemDocument.self
    ) -> ServiceCaller {
        ServiceCaller(RESTTransport(client, to: address, as: identity, errors: errors))
    }

    /// Returns this caller with further interceptors, which run before those that it has.
    public func intercepted(by interceptors: [any Interceptor]) -> ServiceCaller {
        ServiceCaller(transport, interceptors: interceptors + self.interceptors)
    }

    /// Lets the calls in progress end, and makes no more.
    public func close() { transport.close() }

    /// Makes a call through the interceptors.
    /// - Throws: The `Problem` that the service replied with, or one with status 502, 503 or 504 that says why no reply came; a
    ///   `CancellationError`.
    public func send(_ request: Request, for route: Route) async throws -> Response {
        let call = CallInfo(route, .outbound, context: .currentOrNew, request: request)
        do {
            return try await observed.run(call) { [transport] call in try await transport.send(call.request ?? request, for: call) }
        } catch let failure as TransportError {
            throw Self.problem(of: failure, call)
        }
    }

    private static func problem(of failure: TransportError, _ call: CallInfo) -> any Error {
        guard let problem = failure.thrown as? Problem else { return failure.thrown }
        call.context.logger.warning(
            "\(call.route.operation) did not answer", metadata: call.context.logMetadata(["cause": "\(problem)"]))
        return problem.told(of: call.route)
    }
}
