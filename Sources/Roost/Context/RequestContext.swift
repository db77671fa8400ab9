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
    /// The caller's `Idempotency-Key`, where it gave one.
    public var idempotencyKey: String?
    /// The `Authorization` that the caller sent, to be passed on to the services that this call calls.
    public var authorization: String?
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

    @TaskLocal private static var scoped: RequestContext?

    public static let defaultLogger = Logger(label: "roost")
}
