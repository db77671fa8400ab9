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
    /// - Returns: what is configured wrongly, where it ended for that: it would fail in the same way for ever.
    @discardableResult
    func run(logger: Logger) async -> ConfigurationError? {
        var failures = FailureStreak(.restart)
        while !Task.isCancelled {
            let start = ContinuousClock.now
            do {
                // What the worker does logs as the service does, unless it says otherwise.
                try await withLogger(logger) { _ in try await body() }
                return nil
            } catch is CancellationError {
                return nil
            } catch let error as ConfigurationError {
                return error
            } catch {
                let pause = failures.fail(afterRunning: start.duration(to: .now))
                logger.error("\(name) failed and starts again", metadata: ["cause": "\(error)", "pause": "\(pause)"])
                try? await Task.sleep(for: pause)
            }
        }
        return nil
    }
}
