import Tracing

/// Traces each call as a span, with the names and attributes of OpenTelemetry's semantic conventions.
///
/// The span of a call whose reply is a stream ends when the stream begins. Errors are recorded by their status only, because their text may
/// contain secrets.
public struct TracingInterceptor: Interceptor {
    private let tracer: any Tracer

    /// Creates an interceptor.
    /// - Parameter tracer: Starts the spans. It must propagate W3C Trace Context if work that is done later should belong to the trace.
    public init(_ tracer: any Tracer) { self.tracer = tracer }

    /// Makes the call within a span, and records its status in the span.
    public func intercept<Reply: Sendable>(
        _ call: CallInfo, _ next: @escaping @Sendable (CallInfo) async throws -> Reply
    ) async throws -> Reply {
        let attributes = CallAttributes(call)
        let span: any Span = tracer.startSpan(attributes.name, context: Self.parent(of: call), ofKind: Self.kind(of: call))
        defer { span.end() }
        span.updateAttributes { values in
            for (key, value) in attributes.common { values[key] = value }
            // No `url.path`: the value of a placeholder may be a secret.
            if let peer = call.peer { values["network.peer.address"] = peer }
        }
        var call = call
        call.context.enter(span)
        do {
            let reply = try await next(call)
            note(CallOutcome.status(of: reply, to: call), of: span, call.direction, attributes)
            return reply
        } catch {
            note(CallOutcome.status(of: error, in: call.context), of: span, call.direction, attributes)
            throw error
        }
    }

    private func note(_ status: Status, of span: any Span, _ direction: CallInfo.Direction, _ attributes: CallAttributes) {
        let isFailure = status.code >= (direction == .outbound ? 400 : 500)
        span.updateAttributes { values in
            values["\(attributes.isHTTP ? "http" : "rpc").response.status_code"] = status.code
            if isFailure { values["error.type"] = "\(status.code)" }
        }
        if isFailure { span.setStatus(SpanStatus(code: .error)) }
    }

    private static func kind(of call: CallInfo) -> SpanKind {
        switch call.direction {
        case .inbound: .server
        case .outbound: .client
        case .local: .internal
        }
    }

    /// Returns the parent of the call's span: a span of this process, or else the caller's.
    private static func parent(of call: CallInfo) -> ServiceContext {
        if let serviceContext = call.context.serviceContext { return serviceContext }
        if call.direction == .inbound, let request = call.request { return ServiceContext(of: request.headers) }
        return ServiceContext(traceparent: call.context.trace.traceparent)
    }
}
