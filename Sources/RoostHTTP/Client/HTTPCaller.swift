import Roost

/// Carries a contract's calls over HTTP, and with them the context of the call that makes them: the request's id, the trace, what is
/// left of the deadline, and on whose behalf.
public struct HTTPCaller: Caller {
    private let client: HTTPClient
    private let address: HTTPAddress
    private let serviceKey: String?
    private let name: String

    /// - Parameters:
    ///   - address: where the contract is served.
    ///   - serviceKey: what proves to the callee that a service of the same system calls.
    ///   - name: the calling service's name.
    public init(_ client: HTTPClient, to address: HTTPAddress, serviceKey: String? = nil, name: String) {
        self.client = client
        self.address = address
        self.serviceKey = serviceKey
        self.name = name
    }

    /// Sends a request. Where nothing answered, a request that may be repeated is sent again up to twice, each time after a pause
    /// that is random, so that callers do not come back together, and twice as long at most.
    public func send(_ request: Request, for route: Route) async throws -> Response {
        let context = RequestContext.current
        for pause in [Duration.milliseconds(50), .milliseconds(100)] {
            do {
                return try await sendOnce(request, for: route, context)
            } catch let problem as Problem {
                guard problem.status == .unavailable, Self.mayRepeat(request) else { throw problem }
                let chosen = pause * Double.random(in: 0.5...1)
                if let deadline = context.deadline, .now + chosen >= deadline { throw problem }
                try await Task.sleep(for: chosen)
            }
        }
        return try await sendOnce(request, for: route, context)
    }

    private func sendOnce(_ request: Request, for route: Route, _ context: RequestContext) async throws -> Response {
        var request = request
        request.headers["x-request-id"] = context.requestID
        request.headers["traceparent"] = (context.trace?.child() ?? TraceContext.root()).traceparent
        if let deadline = context.deadline { request.headers["x-request-timeout-ms"] = String(try Self.millisecondsLeft(until: deadline)) }
        if let authorization = context.authorization, request.headers["authorization"] == nil {
            request.headers["authorization"] = authorization
        }
        if let serviceKey {
            request.headers["x-service-key"] = serviceKey
            request.headers["x-service-name"] = name
        }
        do {
            return try await client.send(request, to: address, deadline: context.deadline)
        } catch let problem as Problem {
            context.logger.warning(
                "\(route.operation) did not answer", metadata: ["request": "\(context.requestID)", "cause": "\(problem)"])
            throw Self.told(problem, of: route)
        }
    }

    /// The problem as whoever is far from the address may know it: which service it is, and not where.
    private static func told(_ problem: Problem, of route: Route) -> Problem {
        let service = route.operation.prefix { $0 != "." }
        var told = problem
        told.detail =
            problem.status == .gatewayTimeout
            ? "The service \(service) did not answer in time." : "The service \(service) is down for the moment."
        return told
    }

    private static func mayRepeat(_ request: Request) -> Bool {
        guard case .bytes = request.body else { return false }
        return request.method.isIdempotent
    }

    private static func millisecondsLeft(until deadline: ContinuousClock.Instant) throws(Problem) -> Int {
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else { throw Problem(.gatewayTimeout, "The deadline passed before the call was made.") }
        return max(1, Int(left / .milliseconds(1)))
    }
}
