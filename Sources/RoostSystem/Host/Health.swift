import Roost
import Synchronization

/// Whether a service lives, and whether it wants requests, as Kubernetes' probes ask.
final class Health: Sendable {
    private let isReady = Atomic<Bool>(false)

    func set(ready: Bool) { isReady.store(ready, ordering: .relaxed) }

    /// `/health/live` and `/health/ready`, on the service's own port only.
    var endpoints: [Endpoint] {
        [
            Endpoint(Route("health.live", .get, "/health/live")) { _ in .text("live") },
            Endpoint(Route("health.ready", .get, "/health/ready")) { [self] _ in
                guard isReady.load(ordering: .relaxed) else { throw Problem.unavailable("Not ready.") }
                return .text("ready")
            },
        ]
    }
}
