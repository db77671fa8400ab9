import Tracing

/// Writes what instruments carry into header fields, and reads it there.
private struct HeaderCarrier: Injector, Extractor {
    func inject(_ value: String, forKey key: String, into headers: inout Headers) { headers[key] = value }
    func extract(key: String, from headers: Headers) -> String? { headers[key] }
}

/// Takes the `traceparent` out of what instruments write, or shows them one that was stored.
private struct TraceparentCarrier: Injector, Extractor {
    func inject(_ value: String, forKey key: String, into traceparent: inout String?) {
        if Headers.same(key, "traceparent") { traceparent = value }
    }

    func extract(key: String, from traceparent: String?) -> String? { Headers.same(key, "traceparent") ? traceparent : nil }
}

extension Headers {
    /// Writes the fields that carry a call's trace to whoever is called: those of the program's instruments, or else `traceparent`.
    public mutating func addTrace(of context: RequestContext) {
        self["traceparent"] = context.serviceContext == nil ? context.trace.child().traceparent : context.trace.traceparent
        guard let serviceContext = context.serviceContext else { return }
        InstrumentationSystem.instrument.inject(serviceContext, into: &self, using: HeaderCarrier())
    }
}

extension ServiceContext {
    /// Reads what a caller's instruments wrote into header fields.
    init(of headers: Headers) {
        self = .topLevel
        InstrumentationSystem.instrument.extract(headers, into: &self, using: HeaderCarrier())
    }

    /// Reads a `traceparent` that was stored.
    init(traceparent: String) {
        self = .topLevel
        InstrumentationSystem.instrument.extract(traceparent, into: &self, using: TraceparentCarrier())
    }

    /// The position in the trace, as far as the program's instruments write it by W3C Trace Context.
    var trace: TraceContext? {
        var traceparent: String?
        InstrumentationSystem.instrument.inject(self, into: &traceparent, using: TraceparentCarrier())
        return traceparent.flatMap(TraceContext.init(traceparent:))
    }
}

extension RequestContext {
    /// What is stored with work that goes on later, so that it belongs to the same trace: the `traceparent` of the span under way.
    public var traceparent: String { (serviceContext?.trace ?? trace).traceparent }

    /// Makes the context that of a span.
    mutating func enter(_ span: any Span) {
        serviceContext = span.context
        if let trace = span.context.trace { self.trace = trace }
    }
}
