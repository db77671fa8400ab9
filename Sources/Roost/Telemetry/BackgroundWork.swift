import Logging
import Tracing

/// The role of work in a trace.
public enum WorkRole: Sendable {
    /// The work passes on a message that is processed later.
    case producer
    /// The work processes a message or a job.
    case consumer
    /// The work calls another system, such as a database.
    case client

    fileprivate var kind: SpanKind {
        switch self {
        case .producer: .producer
        case .consumer: .consumer
        case .client: .client
        }
    }
}

extension RequestContext {
    /// Creates the context of work that continues a trace.
    /// - Parameters:
    ///   - traceparent: The position that was stored with the work; `nil` begins a trace.
    ///   - operation: The name of the work in logs.
    ///   - principal: On whose behalf the work is done.
    public init(resuming traceparent: String?, as operation: String, principal: Principal = .anonymous) {
        let trace = traceparent.flatMap(TraceContext.init(traceparent:))
        self.init(principal: principal, trace: trace?.child() ?? .root())
        self.operation = operation
        if let trace, Telemetry.tracer != nil { serviceContext = ServiceContext(traceparent: trace.traceparent) }
    }

    /// Runs work, in a span if the program has bootstrapped a tracer.
    /// - Parameters:
    ///   - name: The name of the span, which must have few values: `process orders.placed`.
    ///   - role: The role of the work in the trace.
    ///   - attributes: Further attributes of the span.
    public func run<Result: Sendable>(
        span name: @autoclosure () -> String, _ role: WorkRole, _ attributes: @autoclosure () -> KeyValuePairs<String, String> = [:],
        _ body: () async throws -> Result
    ) async throws -> Result {
        guard let tracer = Telemetry.tracer else { return try await run(body) }
        let span: any Span = tracer.startSpan(name(), context: serviceContext ?? .topLevel, ofKind: role.kind)
        defer { span.end() }
        span.updateAttributes { values in
            for (key, value) in attributes() { values[key] = value }
        }
        var context = self
        context.enter(span)
        do {
            return try await context.run(body)
        } catch {
            // The text may contain secrets.
            span.updateAttributes { $0["error.type"] = "\(type(of: error))" }
            span.setStatus(SpanStatus(code: .error))
            throw error
        }
    }
}

/// Runs work in a span of the current call, if the call is traced.
/// - Parameters:
///   - name: The name of the span, which must have few values: `transaction`.
///   - role: The role of the work in the trace.
///   - attributes: Further attributes of the span.
public func withCallSpan<Result: Sendable>(
    _ name: @autoclosure () -> String, _ role: WorkRole, _ attributes: @autoclosure () -> KeyValuePairs<String, String> = [:],
    _ body: () async throws -> Result
) async throws -> Result {
    guard ServiceContext.current != nil, let context = RequestContext.current else { return try await body() }
    return try await context.run(span: name(), role, attributes(), body)
}
