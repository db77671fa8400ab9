import Logging
import Roost

/// Something that a service does besides answering: a relay, a consumer, a queue's worker. It runs until it is cancelled.
public struct Worker: Sendable {
    public let name: String
    private let body: @Sendable () async throws -> Void

    public init(_ name: String, _ body: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.body = body
    }

    /// Runs it, and again after a pause whenever it fails, until the task is cancelled.
    /// - Returns: `false` where it is configured wrongly, so that no further start can succeed.
    @discardableResult
    func run(logger: Logger) async -> Bool {
        var policy = RestartPolicy()
        while !Task.isCancelled {
            let start = ContinuousClock.now
            do {
                try await body()
                return true
            } catch is CancellationError {
                return true
            } catch let error as ConfigurationError {
                logger.critical("\(name) cannot run: \(error). The service is not ready until it is put right and started again.")
                return false
            } catch {
                let pause = policy.pause(afterRunning: start.duration(to: .now))
                logger.error("\(name) failed and starts again", metadata: ["cause": "\(error)", "pause": "\(pause)"])
                try? await Task.sleep(for: pause)
            }
        }
        return true
    }
}
