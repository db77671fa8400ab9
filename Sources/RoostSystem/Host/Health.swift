import Roost
import Synchronization

/// Whether a service is alive, and whether it is ready for requests, for the probes of Kubernetes.
final class Health: Sendable {
    private let ready = Atomic<Bool>(false)
    private let readinessChecks: [@Sendable () -> String?]

    /// - Parameter readinessChecks: Each returns why the service is not ready, or `nil`.
    init(readinessChecks: [@Sendable () -> String?] = []) { self.readinessChecks = readinessChecks }

    var isReady: Bool { reasonNotReady == nil }

    private var reasonNotReady: String? {
        guard ready.load(ordering: .relaxed) else { return "Not ready." }
        return readinessChecks.lazy.compactMap { $0() }.first
    }

    func set(ready: Bool) { self.ready.store(ready, ordering: .relaxed) }

    /// `/health/live` and `/health/ready`, which are on the service's own port only.
    var endpoints: [Endpoint] {
        [
            Endpoint(Route("health.live", .get, "/health/live"), isProcedure: false) { _ in .text("live") },
            Endpoint(Route("health.ready", .get, "/health/ready"), isProcedure: false) { [self] _ in
                if let reasonNotReady { throw Problem.unavailable(reasonNotReady) }
                return .text("ready")
            },
        ]
    }
}
