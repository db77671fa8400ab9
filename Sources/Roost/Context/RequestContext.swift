import Logging

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
    public var trace: TraceContext?
    /// The `Idempotency-Key` of a signed-in caller, where the route takes one.
    public var idempotencyKey: String?
    /// The `Authorization` that the caller sent, to be passed on to the services that this call calls.
    public var authorization: String?
    /// The IP address of whoever began the call, as far as the hops in between are trusted: the client's own, also where the call came
    /// through a gateway. `nil` where it came over no connection.
    public var clientAddress: String?
    /// For how long the call may go on, where its answer is a stream; `nil` for ever.
    public var validity: CallValidity?
    public var logger: Logger

    public init(
        requestID: String = RequestID.next(), principal: Principal = .anonymous, deadline: ContinuousClock.Instant? = nil,
        trace: TraceContext? = nil, logger: Logger = RequestContext.defaultLogger
    ) {
        self.requestID = requestID
        self.principal = principal
        self.deadline = deadline
        self.trace = trace
        self.logger = logger
    }

    /// The call under way in this task; a fresh, anonymous one outside any call.
    public static var current: RequestContext { scoped ?? RequestContext() }

    /// Runs `body` as part of this call.
    public func run<Result: Sendable>(_ body: () async throws -> Result) async rethrows -> Result {
        try await Self.$scoped.withValue(self) { try await body() }
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

    @TaskLocal private static var scoped: RequestContext?

    public static let defaultLogger = Logger(label: "roost")

    /// Gives every line that is logged during a call the call's id, under `RequestID.logKey`.
    public static let logMetadata = Logger.MetadataProvider { scoped.map { [RequestID.logKey: "\($0.requestID)"] } ?? [:] }
}
