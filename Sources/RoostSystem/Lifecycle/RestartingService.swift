import Logging
import Roost
import RoostSupervisor
import ServiceLifecycle

/// Runs a service, and restarts it after a pause whenever it fails. The pauses grow as long as it keeps failing.
struct RestartingService: Service, CustomStringConvertible {
    let name: String
    let service: any Service
    let logger: Logger

    var description: String { name }

    /// Runs until the service has finished or was asked to stop.
    /// - Throws: A `ConfigurationError` of the service, which would fail in the same way forever.
    func run() async throws {
        var failures = FailureStreak(RestartPolicy().backoff)
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let start = ContinuousClock.now
            do {
                // The service's logger is the default for everything that runs here.
                return try await withLogger(logger) { _ in try await service.run() }
            } catch is CancellationError {
                return
            } catch let error as ConfigurationError {
                logger.critical("\(name) cannot run: \(error)")
                throw error
            } catch {
                let pause = failures.fail(afterRunning: start.duration(to: .now))
                logger.error("\(name) failed and is restarted", metadata: ["cause": "\(error)", "pause": "\(pause)"])
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
            }
        }
    }
}

/// Work that is cancelled when the service is asked to stop.
struct CancellableService: Service {
    let body: @Sendable () async throws -> Void

    func run() async throws { try await cancelWhenGracefulShutdown(body) }
}

/// Marks services as not ready as soon as the process is asked to stop, and ends what waits in them.
struct ReadinessService: Service {
    let health: [Health]
    let hooks: [@Sendable () async -> Void]

    func run() async throws {
        try? await gracefulShutdown()
        for health in health { health.set(ready: false) }
        for hook in hooks { await hook() }
    }
}
