/// Determines which deliveries can be handled now: those of one key one after the other, and those of different keys concurrently. A pure
/// state machine, which `EventConsumer` drives.
///
/// A delivery is settled once it is handled, parked for another attempt, or a dead letter, so parked events take no space here. When the
/// parked events of a key are due, their retry takes its turn among the deliveries of the key.
struct DeliveryWindow {
    private struct Line {
        /// The delivery that is being handled or is ready, unless a retry is, followed by those that wait.
        var deliveries: [EventDelivery] = []
        var wantsRetry = false
    }

    private let capacity: Int
    private let concurrency: Int
    /// The keys with something that is being handled or is ready.
    private var lines: [String: Line] = [:]
    private var ready: [EventDelivery] = []
    private var readyRetries: [String] = []
    private var running = 0
    private var retrying = 0
    /// The positions in the order of delivery, beginning with the oldest that is not settled.
    private var unsettled: [Int64] = []
    private var settled: Set<Int64> = []
    private var watermark: Int64?
    private var committed: Int64?

    /// Creates an empty window.
    /// - Parameters:
    ///   - capacity: The largest number of deliveries, handled or waiting.
    ///   - concurrency: The largest number that is handled at once. Retries take at most half of it.
    init(capacity: Int, concurrency: Int) {
        self.capacity = capacity
        self.concurrency = concurrency
    }

    /// The number of deliveries that can be added.
    var room: Int { capacity - unsettled.count }

    /// The position up to which everything is settled but not committed yet.
    var committable: Int64? { watermark == committed ? nil : watermark }

    mutating func add(_ deliveries: [EventDelivery]) {
        for delivery in deliveries {
            unsettled.append(delivery.position)
            let key = delivery.envelope.key
            if lines[key] == nil { ready.append(delivery) }
            lines[key, default: Line()].deliveries.append(delivery)
        }
    }

    /// Starts the next delivery, or returns `nil` if all of them wait for others.
    mutating func start() -> EventDelivery? {
        guard running < concurrency, !ready.isEmpty else { return nil }
        running += 1
        return ready.removeFirst()
    }

    /// Records that a delivery was handled, parked, or made a dead letter.
    mutating func settle(_ delivery: EventDelivery) {
        running -= 1
        let key = delivery.envelope.key
        lines[key]?.deliveries.removeFirst()
        resume(with: key, retryFirst: true)
        settled.insert(delivery.position)
        while let first = unsettled.first, settled.remove(first) != nil {
            watermark = first
            unsettled.removeFirst()
        }
    }

    mutating func commit(through position: Int64) { committed = position }

    /// Records that parked events of a key are due.
    mutating func wantRetry(of key: String) {
        if lines[key] == nil {
            lines[key] = Line()
            readyRetries.append(key)
        } else {
            lines[key]?.wantsRetry = true
        }
    }

    /// Starts the retry of the next key whose parked events are due, or returns `nil` if all of them wait for others.
    mutating func startRetry() -> String? {
        guard running < concurrency, retrying < max(1, concurrency / 2), !readyRetries.isEmpty else { return nil }
        running += 1
        retrying += 1
        return readyRetries.removeFirst()
    }

    /// Records that a retry has ended, successfully or not.
    mutating func settleRetry(of key: String) {
        running -= 1
        retrying -= 1
        resume(with: key, retryFirst: false)
    }

    /// Continues with the next delivery or retry of a key, in turn.
    private mutating func resume(with key: String, retryFirst: Bool) {
        guard var line = lines[key] else { return }
        let next = line.deliveries.first
        if line.wantsRetry, retryFirst || next == nil {
            line.wantsRetry = false
            readyRetries.append(key)
            lines[key] = line
        } else if let next {
            ready.append(next)
        } else {
            lines[key] = nil
        }
    }
}
