import Dispatch
import Synchronization

/// Runs work that blocks or computes for long on a few threads of its own, so that it holds up neither an event loop nor Swift's
/// cooperative pool.
public final class BlockingPool: Sendable {
    private let lanes: [DispatchQueue]
    private let limit: Int
    private let waiting: Mutex<[Int]>

    /// Creates a pool.
    /// - Parameters:
    ///   - label: The name of the threads.
    ///   - threads: The number of pieces of work that run at once.
    ///   - limit: The largest number of pieces for each thread, including the one that runs. More are refused.
    public init(_ label: String, threads: Int, limit: Int) {
        lanes = (0..<max(1, threads)).map { DispatchQueue(label: "\(label).\($0)") }
        self.limit = limit
        waiting = Mutex(Array(repeating: 0, count: max(1, threads)))
    }

    /// Runs work on the thread that has the least to do. Work that is still waiting is dropped when its task is cancelled.
    /// - Throws: A `Problem` with status 503 if too much work is waiting; a `CancellationError`; the error of `work`.
    public func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        guard let lane = take() else { throw Problem.unavailable("Too many requests are in progress. Try again soon.") }
        let isCancelled = Flag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                lanes[lane].async {
                    let result = Swift.Result { () throws -> Result in
                        if isCancelled.isSet { throw CancellationError() }
                        return try work()
                    }
                    self.release(lane)
                    continuation.resume(with: result)
                }
            }
        } onCancel: {
            isCancelled.set()
        }
    }

    private func take() -> Int? {
        waiting.withLock { waiting in
            guard let lane = waiting.indices.min(by: { waiting[$0] < waiting[$1] }), waiting[lane] < limit else { return nil }
            waiting[lane] += 1
            return lane
        }
    }

    private func release(_ lane: Int) { waiting.withLock { $0[lane] -= 1 } }

    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isSet: Bool { value.load(ordering: .acquiring) }
        func set() { value.store(true, ordering: .releasing) }
    }
}
