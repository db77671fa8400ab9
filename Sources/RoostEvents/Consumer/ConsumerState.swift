#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The deliveries that a consumer is working on, and those that it may start. A pure state machine, which `EventConsumer` drives.
struct ConsumerState {
    enum Step {
        case read([EventDelivery])
        case settled(EventDelivery, [EventConsumer.Parking])
        case committed(Int64)
        case due(ParkedLine)
        case retried(String, [EventConsumer.Retry])
    }

    /// A line and the time at which its first event is due.
    typealias Wait = (line: ParkedLine, due: Date)

    private var window: DeliveryWindow
    private var parked = ParkedLines()
    private var isReading = false, isCommitting = false

    private static let windowCapacity = 256
    /// If events of this many keys are parked, the events are not the cause: no more are read until some of them are done.
    private static let parkedKeysLimit = 10_000

    init(concurrency: Int) { window = DeliveryWindow(capacity: Self.windowCapacity, concurrency: concurrency) }

    /// Adds events that an earlier consumer parked.
    mutating func add(_ lines: [(line: ParkedLine, count: Int, due: Date)]) -> [Wait] {
        lines.filter { parked.add($0.count, to: $0.line) }.map { ($0.line, $0.due) }
    }

    mutating func startRetry() -> (key: String, lines: [(line: ParkedLine, count: Int)])? {
        window.startRetry().map { ($0, parked.takeDue(of: $0)) }
    }

    /// Starts the next delivery.
    /// - Returns: The delivery, and the subscriptions for which earlier events of its key are parked.
    mutating func start() -> (EventDelivery, behind: Set<String>)? {
        window.start().map { ($0, parked.subscriptions(of: $0.envelope.key)) }
    }

    /// Starts reading.
    /// - Returns: The number of deliveries to read, or `nil` if none are to be read.
    mutating func startReading() -> Int? {
        guard !isReading, window.room > 0, parked.keyCount < Self.parkedKeysLimit else { return nil }
        isReading = true
        return window.room
    }

    /// Starts a commit.
    /// - Returns: The position to commit, or `nil` if there is nothing to commit.
    mutating func startCommitting() -> Int64? {
        guard !isCommitting, let position = window.committable else { return nil }
        isCommitting = true
        return position
    }

    /// Records what has ended.
    /// - Returns: The lines whose first event must now be waited for.
    mutating func take(_ step: Step) -> [Wait] {
        switch step {
        case .read(let deliveries):
            isReading = false
            window.add(deliveries)
        case .settled(let delivery, let parkings):
            let first = parkings.filter { parked.add(1, to: $0.line) }
            window.settle(delivery)
            return first.map { ($0.line, $0.due) }
        case .committed(let position):
            isCommitting = false
            window.commit(through: position)
        case .due(let line): setDue(line)
        case .retried(let key, let retries):
            for retry in retries where retry.due == nil && parked.removeFirst(of: retry.line) { setDue(retry.line) }
            window.settleRetry(of: key)
            return retries.compactMap { retry in retry.due.map { (retry.line, $0) } }
        }
        return []
    }

    private mutating func setDue(_ line: ParkedLine) {
        parked.setDue(line)
        window.wantRetry(of: line.key)
    }
}
