public import InMemoryTracing
import Roost
public import Tracing

/// A tracer that keeps its spans in memory, and carries traces by W3C Trace Context as the tracers of production do.
///
/// A program has one tracer. So a test that bootstraps this one runs in a process of its own, as an exit test.
public struct TestTracer: Tracer {
    private let spans = InMemoryTracer(
        idGenerator: .init(nextTraceID: { TraceContext.root().traceID }, nextSpanID: { TraceContext.root().spanID }),
        recordInjections: false, recordExtractions: false)

    /// Creates a tracer that has no spans yet.
    public init() {}

    /// The spans that have ended, in the order of their ends.
    public var finishedSpans: [FinishedInMemorySpan] { spans.finishedSpans }

    /// Forgets the spans that have ended.
    public func clear() { spans.clearFinishedSpans() }

    /// Starts a span, which is listed once it has ended.
    public func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind, at instant: @autoclosure () -> Instant,
        function: String, file fileID: String, line: UInt
    ) -> InMemorySpan {
        spans.startSpan(operationName, context: context(), ofKind: kind, at: instant(), function: function, file: fileID, line: line)
    }

    /// Does nothing: ended spans are listed at once.
    public func forceFlush() {}

    /// Writes the span's identifiers as a `traceparent` (W3C Trace Context).
    public func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let span = context.inMemorySpanContext else { return }
        injector.inject("00-\(span.traceID)-\(span.spanID)-01", forKey: "traceparent", into: &carrier)
    }

    /// Reads the caller's span from a `traceparent`.
    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let trace = extractor.extract(key: "traceparent", from: carrier).flatMap(TraceContext.init(traceparent:)) else { return }
        context.inMemorySpanContext = InMemorySpanContext(traceID: trace.traceID, spanID: trace.spanID, parentSpanID: nil)
    }
}
