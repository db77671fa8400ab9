import Tracing

/// Writes the fields of instruments to header fields, and reads them.
private struct HeaderCarrier: Injector, Extractor {
    func inject(_ value: String, forKey key: String, into headers: inout Headers) { headers[key] = value }
    func extract(key: String, from headers: Headers) -> String? { headers[key] }
}

/// Extracts the `traceparent` that instruments write, or provides one that was stored.
private struct TraceparentCarrier: Injector, Extractor {
    func inject(_ value: String, forKey key: String, into traceparent: inout String?) {
        if Headers.same(key, "traceparent") { traceparent = value }
    }

    func extract(key: String, from traceparent: String?) -> String? { Headers.same(key, "traceparent") ? traceparent : nil }
}

extension Headers {
    /// Adds the fields that carry a call's trace: those of the program's instruments, or else `traceparent`.
    public mutating func addTrace(of context: RequestContext) {
        self["traceparent"] = context.serviceContext == nil ? context.trace.child().traceparent : context.trace.traceparent
        guard let serviceContext = context.serviceContext else { return }
        InstrumentationSystem.instrument.inject(serviceContext, into: &self, using: HeaderCarrier())
    }
}

extension ServiceContext {
    /// Reads the fields that a caller's instruments wrote.
    init(of headers: Headers) {
        self = .topLevel
        InstrumentationSystem.instrument.extract(headers, into: &self, using: HeaderCarrier())
    }

    /// Reads a `traceparent` that was stored.
    init(traceparent: String) {
        self = .topLevel
        InstrumentationSystem.instrument.extract(traceparent, into: &self, using: TraceparentCarrier())
    }

    /// The position in the trace, if the program's instruments use W3C Trace Context.
    var trace: TraceContext? {
        var traceparent: String?
        InstrumentationSystem.instrument.inject(self, into: &traceparent, using: TraceparentCarrier())
        return traceparent.flatMap(TraceContext.init(traceparent:))
    }
}

extension RequestContext {
    /// The `traceparent` of the current span, to be stored with work that is done later, so that the work belongs to the same trace.
    public var traceparent: String { (serviceContext?.trace ?? trace).traceparent }

    /// Changes the context to that of a span.
    mutating func enter(_ span: any Span) {
        serviceContext = span.context
        if let trace = span.context.trace { self.trace = trace }
    }
}
