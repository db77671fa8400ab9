import Foundation
import Logging
import OrdersAPI
import Roost

/// Sees orders through to their end: those that come in, and at the start those that were under way when the service ended.
actor OrderProcessor {
    /// How many orders are worked on at once; the others wait their turn.
    private static let width = 64
    private static let shortestPause = Duration.milliseconds(50)
    private static let longestPause = Duration.seconds(5)

    private let flow: OrderFlow
    private let logger: Logger
    private var waiting: [UUID] = []
    private var active: [UUID: Task<Void, Never>] = [:]
    private var isRunning = false

    init(flow: OrderFlow, logger: Logger) {
        self.flow = flow
        self.logger = logger
    }

    /// Works until it is cancelled.
    func run() async throws {
        isRunning = true
        defer { stop() }
        for id in try await flow.book.underWay() { take(id) }
        try await Task.sleep(for: .seconds(Int32.max))
    }

    /// Has an order worked on.
    func take(_ id: UUID) {
        guard isRunning, active[id] == nil, !waiting.contains(id) else { return }
        waiting.append(id)
        startNext()
    }

    /// Waits until an order has come to its end, or for `limit` at the most.
    func finish(_ id: UUID, within limit: Duration) async {
        take(id)
        guard let task = active[id] else { return }
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let done = Task {
            await task.value
            end.finish()
        }
        let late = Task {
            try? await Task.sleep(for: limit)
            end.finish()
        }
        for await _ in ends {}
        done.cancel()
        late.cancel()
    }

    private func startNext() {
        while active.count < Self.width, !waiting.isEmpty {
            let id = waiting.removeFirst()
            active[id] = Task { await self.process(id) }
        }
    }

    private func process(_ id: UUID) async {
        defer {
            active[id] = nil
            startNext()
        }
        var pause = Self.shortestPause
        while !Task.isCancelled {
            do {
                if try await flow.advance(id) { return }
                pause = Self.shortestPause
            } catch {
                logger.warning("order \(id.text) waits", metadata: ["cause": "\(error)"])
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }

    private func stop() {
        isRunning = false
        for task in active.values { task.cancel() }
        waiting = []
    }
}
