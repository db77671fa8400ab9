import Roost

/// Carries a contract's calls over HTTP, and with them the context of the call that makes them: the request's id, the trace, what is
/// left of the deadline, and on whose behalf.
public struct HTTPCaller: Caller {
    private let client: HTTPClient
    private let address: HTTPAddress
    private let identity: ServiceIdentity

    /// - Parameters:
    ///   - address: where the contract is served.
    ///   - identity: who calls.
    public init(_ client: HTTPClient, to address: HTTPAddress, as identity: ServiceIdentity) {
        self.client = client
        self.address = address
        self.identity = identity
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
        request.headers.add(context, from: identity)
        if let left = try context.timeLeft() { request.headers["x-request-timeout-ms"] = String(max(1, Int(left / .milliseconds(1)))) }
        do {
            return try await client.send(request, to: address, deadline: context.deadline)
        } catch let problem as Problem {
            context.logger.warning(
                "\(route.operation) did not answer", metadata: [RequestID.logKey: "\(context.requestID)", "cause": "\(problem)"])
            throw problem.told(of: route)
        }
    }

    private static func mayRepeat(_ request: Request) -> Bool {
        guard case .bytes = request.body else { return false }
        return request.method.isIdempotent
    }
}
