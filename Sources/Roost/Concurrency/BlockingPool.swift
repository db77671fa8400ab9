import Dispatch
import Synchronization

/// A few threads for work that blocks or computes for long, so that neither an event loop nor Swift's cooperative pool waits for it.
public final class BlockingPool: Sendable {
    private let lanes: [DispatchQueue]
    private let limit: Int
    private let waiting: Mutex<[Int]>

    /// - Parameters:
    ///   - threads: how many pieces of work run at once.
    ///   - limit: how many pieces each thread may have, the one that runs among them. More are refused.
    public init(_ label: String, threads: Int, limit: Int) {
        lanes = (0..<max(1, threads)).map { DispatchQueue(label: "\(label).\($0)") }
        self.limit = limit
        waiting = Mutex(Array(repeating: 0, count: max(1, threads)))
    }

    /// Runs `work` on the thread that has the least to do. Work that waits is dropped when its task is cancelled.
    /// - Throws: a `Problem` with status 503 where too much waits already; `CancellationError`; what `work` throws.
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
