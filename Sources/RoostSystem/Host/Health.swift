import Roost
import Synchronization

/// Whether a service is alive, and whether it is ready for requests, for the probes of Kubernetes.
final class Health: Sendable {
    private let ready = Atomic<Bool>(false)
    private let hindrances: [@Sendable () -> String?]

    /// - Parameter hindrances: What may keep the service from being ready: each returns the reason, or `nil`.
    init(hindrances: [@Sendable () -> String?] = []) { self.hindrances = hindrances }

    var isReady: Bool { ready.load(ordering: .relaxed) && hindrance == nil }

    private var hindrance: String? { hindrances.lazy.compactMap { $0() }.first }

    func set(ready: Bool) { self.ready.store(ready, ordering: .relaxed) }

    /// `/health/live` and `/health/ready`, which are on the service's own port only.
    var endpoints: [Endpoint] {
        [
            Endpoint(Route("health.live", .get, "/health/live"), isProcedure: false) { _ in .text("live") },
            Endpoint(Route("health.ready", .get, "/health/ready"), isProcedure: false) { [self] _ in
                guard isReady else { throw Problem.unavailable(hindrance ?? "Not ready.") }
                return .text("ready")
            },
        ]
    }
}
