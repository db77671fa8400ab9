import Roost

/// Carries a contract's calls to another service, and with them the context of the call that makes them: the request's id, the trace, what
/// is left of the deadline, and on whose behalf. By which wire, its transport says; all else is the same over each.
public struct ServiceCaller: Caller {
    private let transport: any CallTransport
    private let interceptors: [any Interceptor]
    /// What observes the calls, each with all of its attempts, and then the others.
    private let observed: [any Interceptor]

    public var codec: any CallCodec { transport.codec }

    /// - Parameters:
    ///   - transport: carries each call once.
    ///   - interceptors: what each call passes through, outermost first; retries, deadlines and a breaker unless told.
    public init(_ transport: any CallTransport, interceptors: [any Interceptor] = .resilience()) {
        self.transport = transport
        self.interceptors = interceptors
        observed = .telemetry() + interceptors
    }

    /// A caller by REST.
    /// - Parameter errors: The shape of the errors that are answered.
    public static func rest(
        _ client: HTTPClient, to address: HTTPAddress, as identity: ServiceIdentity, errors: any ErrorDocument.Type = ProblemDocument.self
    ) -> ServiceCaller {
        ServiceCaller(RESTTransport(client, to: address, as: identity, errors: errors))
    }

    /// The same caller, whose calls pass through more interceptors, outside of those that it has.
    public func intercepted(by interceptors: [any Interceptor]) -> ServiceCaller {
        ServiceCaller(transport, interceptors: interceptors + self.interceptors)
    }

    /// Lets the calls under way end, and makes no more.
    public func close() { transport.close() }

    public func send(_ request: Request, for route: Route) async throws -> Response {
        let call = CallInfo(route, .outbound, request: request)
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
