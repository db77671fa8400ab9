import Logging
import ServiceContextModule

/// The data that travels with a call beside its parameters: the caller, the deadline and the trace.
///
/// A call over a network has the same context as a direct one. While a call runs, `RequestContext.current` is its context. Background work
/// opens a context of its own.
public struct RequestContext: Sendable {
    /// The fields of a context in one object, because a context is copied at every step of a call and seldom changed.
    package struct Fields: Sendable {
        package var requestID: String
        package var principal: Principal
        package var deadline: ContinuousClock.Instant?
        package var trace: TraceContext
        package var serviceContext: ServiceContext?
        package var operation: String?
        package var idempotencyKey: String?
        package var requestDigest: String?
        package var authorization: String?
        package var signedPrincipal: String?
        package var clientAddress: String?
        package var validity: CallValidity?
        package var responseCookies: ResponseCookies?
        package var logger: Logger

        /// Creates the fields of a call that has not been authenticated.
        package init(
            requestID: String, principal: Principal = .anonymous, deadline: ContinuousClock.Instant?, trace: TraceContext,
            authorization: String? = nil, clientAddress: String? = nil, logger: Logger
        ) {
            self.requestID = requestID
            self.principal = principal
            self.deadline = deadline
            self.trace = trace
            self.authorization = authorization
            self.clientAddress = clientAddress
            self.logger = logger
        }
    }

    private final class Storage: Sendable {
        let fields: Fields

        init(_ fields: Fields) { self.fields = fields }
    }

    private var storage: Storage

    /// Changes several fields at once.
    package mutating func change(_ body: (inout Fields) -> Void) {
        var fields = storage.fields
        body(&fields)
        storage = Storage(fields)
    }

    /// The identifier of the request in logs, in problem documents and in `x-request-id`.
    public var requestID: String {
        get { storage.fields.requestID }
        set { change { $0.requestID = newValue } }
    }

    /// The caller.
    public var principal: Principal {
        get { storage.fields.principal }
        set { change { $0.principal = newValue } }
    }

    /// The time at which the caller stops waiting; `nil` if it waits without a limit.
    public var deadline: ContinuousClock.Instant? {
        get { storage.fields.deadline }
        set { change { $0.deadline = newValue } }
    }

    /// The trace that the call belongs to.
    public var trace: TraceContext {
        get { storage.fields.trace }
        set { change { $0.trace = newValue } }
    }

    /// The context of the program's tracer and other instruments, such as the current span and the baggage; `nil` if there is none. While
    /// the call runs, it is `ServiceContext.current`.
    public var serviceContext: ServiceContext? {
        get { storage.fields.serviceContext }
        set { change { $0.serviceContext = newValue } }
    }

    /// The operation that is called, such as `orders.place`, or the background work; `nil` until it is known.
    public var operation: String? {
        get { storage.fields.operation }
        set { change { $0.operation = newValue } }
    }

    /// The `Idempotency-Key` of a signed-in caller, if the route accepts one.
    public var idempotencyKey: String? {
        get { storage.fields.idempotencyKey }
        set { change { $0.idempotencyKey = newValue } }
    }

    /// A code that identifies the request among all with `idempotencyKey`, if the service stores the key itself.
    public var requestDigest: String? {
        get { storage.fields.requestDigest }
        set { change { $0.requestDigest = newValue } }
    }

    /// The caller's `Authorization`, to be passed on to the services that this call calls.
    public var authorization: String? {
        get { storage.fields.authorization }
        set { change { $0.authorization = newValue } }
    }

    /// The valid signed principal (`x-principal`) of the call, to be passed on together with `authorization`, so that the services that this
    /// call calls need not verify the access token again.
    public var signedPrincipal: String? {
        get { storage.fields.signedPrincipal }
        set { change { $0.signedPrincipal = newValue } }
    }

    /// The IP address of the client that began the call, as far as the proxies in between are trusted; `nil` if the call came over no
    /// connection. A gateway passes the client's own address on.
    public var clientAddress: String? {
        get { storage.fields.clientAddress }
        set { change { $0.clientAddress = newValue } }
    }

    /// How long the call may go on if it replies with a stream; `nil` for no limit.
    public var validity: CallValidity? {
        get { storage.fields.validity }
        set { change { $0.validity = newValue } }
    }

    /// The cookies that are set with the response; `nil` if the route declares none.
    var responseCookies: ResponseCookies? {
        get { storage.fields.responseCookies }
        set { change { $0.responseCookies = newValue } }
    }

    /// The logger of the call, whose lines have the keys of `LogKey`.
    public var logger: Logger {
        get { storage.fields.logger }
        set { change { $0.logger = newValue } }
    }

    /// Creates the context of a call.
    /// - Parameters:
    ///   - trace: The trace that the call belongs to; a new one if left out.
    public init(
        requestID: String = RequestID.next(), principal: Principal = .anonymous, deadline: ContinuousClock.Instant? = nil,
        trace: TraceContext = .root(), logger: Logger = RequestContext.defaultLogger
    ) {
        storage = Storage(
            Fields(requestID: requestID, principal: principal, deadline: deadline, trace: trace, logger: logger))
    }

    /// Creates a context from its fields.
    package init(_ fields: Fields) { storage = Storage(fields) }

    /// The context of the current task's call, or `nil` outside a call.
    public static var current: RequestContext? {
        guard var context = scoped else { return nil }
        // A span that the call's own code has started is the parent of the next one.
        if let serviceContext = ServiceContext.current { context.serviceContext = serviceContext }
        return context
    }

    /// The context of the current call, or outside a call a new, anonymous one: what an outgoing call passes on.
    public static var currentOrNew: RequestContext { current ?? RequestContext() }

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
