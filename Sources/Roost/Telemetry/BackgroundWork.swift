import Logging
import Tracing

/// What part a piece of work has in a trace.
public enum WorkRole: Sendable {
    /// It hands a message over to be worked on later.
    case producer
    /// It works on a message or a job.
    case consumer
    /// It asks another system, such as a database.
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
    /// Creates the context of work that goes on with a trace.
    /// - Parameters:
    ///   - traceparent: what was stored with the work; `nil` begins a trace.
    ///   - operation: names the work in logs.
    ///   - principal: on whose behalf it is done.
    public init(resuming traceparent: String?, as operation: String, principal: Principal = .anonymous) {
        let trace = traceparent.flatMap(TraceContext.init(traceparent:))
        self.init(principal: principal, trace: trace?.child() ?? .root())
        self.operation = operation
        if let trace, Telemetry.tracer != nil { serviceContext = ServiceContext(traceparent: trace.traceparent) }
    }

    /// Runs `body` as part of this work, and as a span if the program has bootstrapped a tracer.
    /// - Parameters:
    ///   - name: the span's, of few values: `process orders.placed`.
    ///   - role: what part the work has in the trace.
    ///   - attributes: what the span says besides.
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
            // Its text may hold what is to be kept secret.
            span.updateAttributes { $0["error.type"] = "\(type(of: error))" }
            span.setStatus(SpanStatus(code: .error))
            throw error
        }
    }
}

/// Runs `body` as a span of the call under way, if that is traced.
/// - Parameters:
///   - name: the span's, of few values: `transaction`.
///   - role: what part the work has in the trace.
///   - attributes: what the span says besides.
public func withCallSpan<Result: Sendable>(
    _ name: @autoclosure () -> String, _ role: WorkRole, _ attributes: @autoclosure () -> KeyValuePairs<String, String> = [:],
    _ body: () async throws -> Result
) async throws -> Result {
    guard ServiceContext.current != nil, RequestContext.scoped != nil else { return try await body() }
    return try await RequestContext.current.run(span: name(), role, attributes(), body)
}
