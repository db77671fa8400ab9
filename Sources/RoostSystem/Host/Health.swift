import Roost
import Synchronization

/// Whether a service lives, and whether it wants requests, as Kubernetes' probes ask.
final class Health: Sendable {
    private let ready = Atomic<Bool>(false)

    var isReady: Bool { ready.load(ordering: .relaxed) }

    func set(ready: Bool) { self.ready.store(ready, ordering: .relaxed) }

    /// `/health/live` and `/health/ready`, on the service's own port only.
    var endpoints: [Endpoint] {
        [
            Endpoint(Route("health.live", .get, "/health/live"), isProcedure: false) { _ in .text("live") },
            Endpoint(Route("health.ready", .get, "/health/ready"), isProcedure: false) { [self] _ in
                guard isReady else { throw Problem.unavailable("Not ready.") }
                return .text("ready")
            },
        ]
    }
}
