import Roost
import RoostData
import RoostWorkflow
import Synchronization

@Schema
struct PlacedOrder {
    var id: String
}

@Schema
struct StepResult {
    var order: String
    var status: String
}

/// A workflow of three steps that do nothing.
struct OrderFlow: Workflow {
    static let name = "orders.flow"
    let watch: RunWatch

    func run(_ order: PlacedOrder, in run: Run) async throws -> StepResult {
        _ = try await run.step("reserve") {
            watch.begin(order.id)
            return StepResult(order: order.id, status: "reserved")
        }
        _ = try await run.step("charge") { StepResult(order: order.id, status: "captured") }
        let confirmed = try await run.step("confirm") { StepResult(order: order.id, status: "confirmed") }
        return try await run.complete { transaction in
            transaction.onCommit { watch.end(order.id) }
            return confirmed
        }
    }
}

/// Who waits for which run, in this process.
final class RunWatch: Sendable {
    private struct Waiter {
        let started = ContinuousClock.now
        var begun: ContinuousClock.Instant?
        let ended: AsyncStream<Void>.Continuation
    }

    private let waiters = Mutex<[String: Waiter]>([:])

    /// Starts a run and waits until its end is durable.
    /// - Returns: The time until its first step began.
    func run(_ id: String, start: () async throws -> Void) async throws -> Duration {
        let (ends, ended) = AsyncStream.makeStream(of: Void.self)
        waiters.withLock { $0[id] = Waiter(ended: ended) }
        try await start()
        for await _ in ends {}
        guard let waiter = waiters.withLock({ $0.removeValue(forKey: id) }), let begun = waiter.begun else { throw CancellationError() }
        return begun - waiter.started
    }

    func begin(_ id: String) { waiters.withLock { $0[id]?.begun = .now } }

    func end(_ id: String) { waiters.withLock { $0[id]?.ended }?.finish() }
}
