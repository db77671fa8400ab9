import Logging
import ServiceContextModule

/// The data that travels with a call beside its parameters: the caller, the deadline and the trace.
///
/// A call over a network has the same context as a direct one. While a call runs, `RequestContext.current` is its context. Background work
/// opens a context of its own.
public struct RequestContext: Sendable {
    /// The identifier of the request in logs, in problem documents and in `x-request-id`.
    public var requestID: String
    /// The caller.
    public var principal: Principal
    /// The time at which the caller stops waiting; `nil` if it waits without a limit.
    public var deadline: ContinuousClock.Instant?
    /// The trace that the call belongs to.
    public var trace: TraceContext
    /// The context of the program's tracer and other instruments, such as the current span and the baggage; `nil` if there is none. While
    /// the call runs, it is `ServiceContext.current`.
    public var serviceContext: ServiceContext?
    /// The operation that is called, such as `orders.place`, or the background work; `nil` until it is known.
    public var operation: String?
    /// The `Idempotency-Key` of a signed-in caller, if the route accepts one.
    public var idempotencyKey: String?
    /// A code that identifies the request among all with `idempotencyKey`, if the service stores the key itself.
    public var requestDigest: String?
    /// The caller's `Authorization`, to be passed on to the services that this call calls.
    public var authorization: String?
    /// The valid signed principal (`x-principal`) of the call, to be passed on together with `authorization`, so that the services that this
    /// call calls need not verify the access token again.
    public var signedPrincipal: String?
    /// The IP address of the client that began the call, as far as the proxies in between are trusted; `nil` if the call came over no
    /// connection. A gateway passes the client's own address on.
    public var clientAddress: String?
    /// How long the call may go on if it replies with a stream; `nil` for no limit.
    public var validity: CallValidity?
    /// The logger of the call, whose lines have the keys of `LogKey`.
    public var logger: Logger

    /// Creates the context of a call.
    /// - Parameters:
    ///   - trace: The trace that the call belongs to; a new one if left out.
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

    /// The context of the current task's call, or `nil` outside a call.
    public static var current: RequestContext? {
        guard var context = scoped else { return nil }
        // A span that the call's own code has started is the parent of the next one.
        if let serviceContext = ServiceContext.current { context.serviceContext = serviceContext }
        return context
    }

    /// The context of the current call, or outside a call a new, anonymous one: what an outgoing call passes on.
    package static var currentOrNew: RequestContext { current ?? RequestContext() }

    /// Runs work as part of this call, with the call's service context as the current one.
    public func run<Result: Sendable>(_ body: () async throws -> Result) async rethrows -> Result {
        guard let serviceContext else { return try await Self.$scoped.withValue(self) { try await body() } }
        return try await ServiceContext.$current.withValue(serviceContext) {
            try await Self.$scoped.withValue(self) { try await body() }
        }
    }

    /// Runs work as part of this call, and cancels it after a time limit.
    /// - Throws: A `Problem` with status 504 if the work was not finished in time; the error of the work.
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
