import Roost
import Synchronization

/// Whether a service is alive, and whether it is ready for requests, for the probes of Kubernetes.
final class Health: Sendable {
    private let ready = Atomic<Bool>(false)

    var isReady: Bool { ready.load(ordering: .relaxed) }

    func set(ready: Bool) { self.ready.store(ready, ordering: .relaxed) }

    /// `/health/live` and `/health/ready`, which are on the service's own port only.
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
