import CoreMetrics
import Tracing

/// The tracing and metrics systems that the program has bootstrapped. Roost itself bootstraps none.
enum Telemetry {
    /// The tracer, or `nil` if there is none.
    static var tracer: (any Tracer)? {
        let tracer = InstrumentationSystem.tracer
        return tracer is NoOpTracer ? nil : tracer
    }

    /// The metrics system, or `nil` if there is none.
    static var metrics: (any MetricsFactory)? {
        let factory = MetricsSystem.factory
        return factory is NOOPMetricsHandler ? nil : factory
    }
}

extension [any Interceptor] {
    /// Returns interceptors for the tracer and the metrics system that the program has bootstrapped by now. Without them there are no
    /// interceptors, so that calls cost no more. Routers, local services and clients ask for them when they are created.
    public static func telemetry() -> [any Interceptor] {
        var interceptors: [any Interceptor] = []
        if let tracer = Telemetry.tracer { interceptors.append(TracingInterceptor(tracer)) }
        if let metrics = Telemetry.metrics { interceptors.append(MetricsInterceptor(metrics)) }
        return interceptors
    }
}
