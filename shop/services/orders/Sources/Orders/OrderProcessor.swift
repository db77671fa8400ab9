import Foundation
import Logging
import OrdersAPI
import Roost
import RoostData

/// Sees orders through to their end: those that come in, and at the start those that were under way when the service ended.
actor OrderProcessor {
    /// How many orders are read from the book at once.
    private static let page = 1000

    private let flow: OrderFlow
    private let logger: Logger
    private var queue: OrderQueue
    private var active: [UUID: Task<Void, Never>] = [:]
    private var alarm: (end: ContinuousClock.Instant, task: Task<Void, Never>)?
    /// The orders from this one on have yet to be read from the book, as there was no room for them; `nil` where all are known.
    private var unread: UUID?
    private var isRunning = false

    /// - Parameters:
    ///   - width: how many orders are worked on at once.
    ///   - capacity: how many are known at once; the others stay in the book until there is room.
    init(flow: OrderFlow, logger: Logger, width: Int = 64, capacity: Int = 100_000) {
        self.flow = flow
        self.logger = logger
        queue = OrderQueue(width: width, capacity: capacity)
    }

    /// Works until it is cancelled.
    func run() async throws {
        isRunning = true
        defer { stop() }
        unread = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
        while true {
            try await readBook()
            startNext()
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// Has an order worked on, at once where it waits for its next try.
    func take(_ id: UUID) {
        guard isRunning else { return }
        if !queue.add(id) { leaveUnread(id) }
        startNext()
    }

    /// Waits until an order has come to its end, or for `limit` at the most.
    func finish(_ id: UUID, within limit: Duration) async {
        take(id)
        let steps = OrderSteps(order: id, book: flow.book)
        // What it came to is read from the book, also where this took too long.
        try? await RequestContext.current.run(within: limit) { for try await _ in steps {} }
    }

    private func readBook() async throws {
        while let start = unread {
            unread = nil
            let ids: [UUID]
            do {
                ids = try await flow.book.underWay(from: start, limit: Self.page)
            } catch {
                leaveUnread(start)
                throw error
            }
            for id in ids where !queue.add(id) {
                leaveUnread(id)
                return
            }
            if ids.count == Self.page { unread = ids.last }
        }
    }

    private func leaveUnread(_ id: UUID) { unread = unread.map { $0.text < id.text ? $0 : id } ?? id }

    private func startNext() {
        guard isRunning else { return }
        while let id = queue.next(at: .now) {
            active[id] = Task { await self.process(id) }
        }
        setAlarm()
    }

    /// Has the next order that waits begun when its time comes.
    private func setAlarm() {
        guard let end = queue.nextEnd, alarm.map({ end < $0.end }) ?? true else { return }
        alarm?.task.cancel()
        let task = Task {
            guard (try? await Task.sleep(until: end, clock: .continuous)) != nil else { return }
            self.alarm = nil
            self.startNext()
        }
        alarm = (end, task)
    }

    private func process(_ id: UUID) async {
        defer {
            active[id] = nil
            startNext()
        }
        do {
            while try await !flow.advance(id) {
                try Task.checkCancellation()
                queue.progressed(id)
            }
            queue.finished(id)
        } catch {
            if isRunning { await settle(id, after: error) }
        }
    }

    private func settle(_ id: UUID, after error: any Error) async {
        if (error as? DatabaseError)?.code == .unknownValue {
            logger.warning("order \(id.text) is left as it is: another version of this service has it", metadata: ["cause": "\(error)"])
            return queue.finished(id)
        }
        guard FailureKind(of: error) == .permanent else { return retry(id, after: error) }
        logger.error(
            "order \(id.text) can be neither completed nor undone: fix the cause, then restart the service or cancel the order",
            metadata: ["cause": "\(error)"])
        do {
            try await flow.book.note(FailureKind.reason(of: error), of: id)
            queue.finished(id)
        } catch {
            retry(id, after: error)
        }
    }

    private func retry(_ id: UUID, after error: any Error) {
        let failures = queue.failed(id, at: .now)
        // The first failures say what is wrong; after that they say only that it lasts.
        guard failures.nonzeroBitCount == 1 else { return }
        logger.warning("order \(id.text) waits for its next try", metadata: ["cause": "\(error)", "failures": "\(failures)"])
    }

    private func stop() {
        isRunning = false
        alarm?.task.cancel()
        alarm = nil
        for task in active.values { task.cancel() }
        queue = OrderQueue(width: queue.width, capacity: queue.capacity)
    }
}
