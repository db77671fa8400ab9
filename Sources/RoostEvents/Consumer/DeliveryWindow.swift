/// Which deliveries may be handled now: those of one key one after the other, those of different keys beside each other. A pure state
/// machine; `EventConsumer` is its shell.
///
/// A delivery is settled once it is handled, parked for another attempt, or a dead letter. So what waits takes no room here. When
/// parked events of a key are due, their retry has its turn among the deliveries of the key.
struct DeliveryWindow {
    private struct Line {
        /// The delivery that is being handled or ready to be, unless a retry is, then those that wait.
        var deliveries: [EventDelivery] = []
        var wantsRetry = false
    }

    private let capacity: Int
    private let concurrency: Int
    /// The keys of which something is being handled, or ready to be.
    private var lines: [String: Line] = [:]
    private var ready: [EventDelivery] = []
    private var readyRetries: [String] = []
    private var running = 0
    private var retrying = 0
    /// Positions in the order of delivery, from the oldest that is not settled.
    private var unsettled: [Int64] = []
    private var settled: Set<Int64> = []
    private var watermark: Int64?
    private var committed: Int64?

    /// - Parameters:
    ///   - capacity: the most deliveries held at once, handled or waiting.
    ///   - concurrency: the most handled at once. Retries take half of it at most.
    init(capacity: Int, concurrency: Int) {
        self.capacity = capacity
        self.concurrency = concurrency
    }

    /// How many more may be added.
    var room: Int { capacity - unsettled.count }

    /// How far everything is settled, where that was not committed yet.
    var committable: Int64? { watermark == committed ? nil : watermark }

    mutating func add(_ deliveries: [EventDelivery]) {
        for delivery in deliveries {
            unsettled.append(delivery.position)
            let key = delivery.envelope.key
            if lines[key] == nil { ready.append(delivery) }
            lines[key, default: Line()].deliveries.append(delivery)
        }
    }

    /// The next delivery to handle; `nil` where all wait for others.
    mutating func start() -> EventDelivery? {
        guard running < concurrency, !ready.isEmpty else { return nil }
        running += 1
        return ready.removeFirst()
    }

    /// A delivery that was started is handled, parked, or a dead letter.
    mutating func settle(_ delivery: EventDelivery) {
        running -= 1
        let key = delivery.envelope.key
        lines[key]?.deliveries.removeFirst()
        goOn(with: key, retryFirst: true)
        settled.insert(delivery.position)
        while let first = unsettled.first, settled.remove(first) != nil {
            watermark = first
            unsettled.removeFirst()
        }
    }

    mutating func commit(through position: Int64) { committed = position }

    /// Parked events of a key are due.
    mutating func wantRetry(of key: String) {
        if lines[key] == nil {
            lines[key] = Line()
            readyRetries.append(key)
        } else {
            lines[key]?.wantsRetry = true
        }
    }

    /// The next key whose parked events are to be tried; `nil` where all wait for others.
    mutating func startRetry() -> String? {
        guard running < concurrency, retrying < max(1, concurrency / 2), !readyRetries.isEmpty else { return nil }
        running += 1
        retrying += 1
        return readyRetries.removeFirst()
    }

    /// A retry that was started is over, well or badly.
    mutating func settleRetry(of key: String) {
        running -= 1
        retrying -= 1
        goOn(with: key, retryFirst: false)
    }

    /// Deliveries and retries of a key take turns.
    private mutating func goOn(with key: String, retryFirst: Bool) {
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
