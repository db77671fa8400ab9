import Logging
import ServiceContextModule

/// What travels beside a call's parameters: who calls, until when, and as part of which trace.
///
/// It is the same whether the call is direct or crosses a network, and is found in `RequestContext.current`
/// for as long as the call runs.
public struct RequestContext: Sendable {
    /// Names this request in logs, in problem documents and in `x-request-id`.
    public var requestID: String
    /// Who calls.
    public var principal: Principal
    /// When the caller stops waiting; `nil` for never.
    public var deadline: ContinuousClock.Instant?
    /// The trace that the call belongs to.
    public var trace: TraceContext
    /// What the program's tracer and its other instruments carry along with the call, such as the span under way and the baggage. It is
    /// `ServiceContext.current` for as long as the call runs; `nil` if there is nothing to carry.
    public var serviceContext: ServiceContext?
    /// The operation that is called, such as `orders.place`, or the background work that is done; `nil` until it is known.
    public var operation: String?
    /// The `Idempotency-Key` of a signed-in caller, where the route takes one.
    public var idempotencyKey: String?
    /// The `Authorization` that the caller sent, to be passed on to the services that this call calls.
    public var authorization: String?
    /// The IP address of whoever began the call, as far as the hops in between are trusted: the client's own, also where the call came
    /// through a gateway. `nil` where it came over no connection.
    public var clientAddress: String?
    /// For how long the call may go on, where its answer is a stream; `nil` for ever.
    public var validity: CallValidity?
    /// Writes the log of the call. Its lines bear the keys of `LogKey`.
    public var logger: Logger

    /// Creates the context of a call.
    /// - Parameters:
    ///   - trace: the trace that the call belongs to; a new one if left out.
    public init(
        requestID: String = RequestID.next(), principal: Principal = .anonymous, deadline: ContinuousClock.Instant? = nil,
        trace: TraceContext = .root(), logger: Logger = RequestContext.defaultLogger
    ) {
        self.requestID = requestID
        self.principal = principal
        self.deadline = deadline
        self.trace = trace
        self.logger = logger
    }

    /// The call under way in this task; a fresh, anonymous one outside any call.
    public static var current: RequestContext {
        guard var context = scoped else { return RequestContext() }
        // A span that the call's own code has begun is the parent of what comes next.
        if let serviceContext = ServiceContext.current { context.serviceContext = serviceContext }
        return context
    }

    /// Runs `body` as part of this call, whose service context is the current one then.
    public func run<Result: Sendable>(_ body: () async throws -> Result) async rethrows -> Result {
        guard let serviceContext else { return try await Self.$scoped.withValue(self) { try await body() } }
        return try await ServiceContext.$current.withValue(serviceContext) {
            try await Self.$scoped.withValue(self) { try await body() }
        }
    }

    /// Runs `body` as part of this call, and cancels it once `limit` has passed.
    /// - Throws: a `Problem` with status 504 where it had not ended by then; what `body` throws.
    public func run<Result: Sendable>(
        within limit: Duration, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        var context = self
        let end = ContinuousClock.now + limit
        context.deadline = min(deadline ?? end, end)
        return try await withThrowingTaskGroup(of: Result.self) { [context] group in
            defer { group.cancelAll() }
            group.addTask { try await context.run(body) }
            group.addTask {
                try await Task.sleep(until: context.deadline ?? end, clock: .continuous)
                throw Problem(.gatewayTimeout, "This took longer than \(limit).")
            }
            guard let result = try await group.next() else { throw CancellationError() }
            return result
        }
    }

    @TaskLocal static var scoped: RequestContext?
}
