import CoreMetrics
import Tracing

/// What the program has bootstrapped of the ecosystem's observability. Roost itself bootstraps neither a tracer nor metrics.
enum Telemetry {
    /// The tracer, or `nil` if there is none.
    static var tracer: (any Tracer)? {
        let tracer = InstrumentationSystem.tracer
        return tracer is NoOpTracer ? nil : tracer
    }

    /// Where metrics go, or `nil` if they go nowhere.
    static var metrics: (any MetricsFactory)? {
        let factory = MetricsSystem.factory
        return factory is NOOPMetricsHandler ? nil : factory
    }
}

extension [any Interceptor] {
    /// Returns what observes calls for the tracer and the metrics that the program has bootstrapped by now: nothing if it has not, so that
    /// calls cost no more then. Routers, local services and callers of other services ask for it when they are made.
    public static func telemetry() -> [any Interceptor] {
        var interceptors: [any Interceptor] = []
        if let tracer = Telemetry.tracer { interceptors.append(TracingInterceptor(tracer)) }
        if let metrics = Telemetry.metrics { interceptors.append(MetricsInterceptor(metrics)) }
        return interceptors
    }
}
