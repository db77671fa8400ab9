import CoreMetrics
import Synchronization

/// Measures the duration of calls: `http.server.request.duration`, `rpc.server.duration` and those of clients, by operation and status.
///
/// The duration of a call whose reply is a stream ends when the stream begins.
public final class MetricsInterceptor: Interceptor {
    private struct Key: Hashable {
        let operation: String
        let direction: CallInfo.Direction
        let system: String?
        let status: Int
    }

    private let factory: any MetricsFactory
    /// One timer for each operation and status, whose number is limited.
    private let timers = Mutex<[Key: Timer]>([:])

    /// Creates an interceptor.
    /// - Parameter factory: Makes the metrics.
    public init(_ factory: any MetricsFactory) { self.factory = factory }

    /// Makes the call, and records its duration under its operation and status.
    public func intercept<Reply: Sendable>(
        _ call: CallInfo, _ next: @escaping @Sendable (CallInfo) async throws -> Reply
    ) async throws -> Reply {
        let start = ContinuousClock.now
        do {
            let reply = try await next(call)
            record(start, call, CallOutcome.status(of: reply, to: call))
            return reply
        } catch {
            record(start, call, CallOutcome.status(of: error, in: call.context))
            throw error
        }
    }

    private func record(_ start: ContinuousClock.Instant, _ call: CallInfo, _ status: Status) {
        let (seconds, attoseconds) = start.duration(to: .now).components
        timer(for: call, status).recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    private func timer(for call: CallInfo, _ status: Status) -> Timer {
        let key = Key(
            operation: call.route.operation, direction: call.direction, system: call.request?.codec?.name, status: status.code)
        return timers.withLock { timers in
            if let timer = timers[key] { return timer }
            let attributes = CallAttributes(call)
            let code = "\(attributes.isHTTP ? "http" : "rpc").response.status_code"
            let timer = Timer(
                label: attributes.metric(call.direction), dimensions: attributes.common + [(code, "\(status.code)")], factory: factory)
            timers[key] = timer
            return timer
        }
    }
}
