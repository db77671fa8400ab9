/// Which deliveries may be handled now: those of one key one after the other, those of different keys beside each other. A pure state
/// machine; `EventConsumer` is its shell.
struct DeliveryWindow {
    private let capacity: Int
    private let concurrency: Int
    /// For each key, the delivery being handled or ready to be, then those that wait for it.
    private var lines: [String: [EventDelivery]] = [:]
    private var ready: [EventDelivery] = []
    private var running = 0
    /// Positions in the order of delivery, from the oldest that is not settled.
    private var unsettled: [Int64] = []
    private var settled: Set<Int64> = []
    private var watermark: Int64?
    private var committed: Int64?

    /// - Parameters:
    ///   - capacity: the most deliveries held at once, handled or waiting.
    ///   - concurrency: the most handled at once.
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
            lines[key, default: []].append(delivery)
        }
    }

    /// The next delivery to handle; `nil` where all wait for others.
    mutating func start() -> EventDelivery? {
        guard running < concurrency, !ready.isEmpty else { return nil }
        running += 1
        return ready.removeFirst()
    }

    /// A delivery that was started is handled, or is a dead letter.
    mutating func settle(_ delivery: EventDelivery) {
        running -= 1
        let key = delivery.envelope.key
        lines[key]?.removeFirst()
        if let next = lines[key]?.first { ready.append(next) } else { lines[key] = nil }
        settled.insert(delivery.position)
        while let first = unsettled.first, settled.remove(first) != nil {
            watermark = first
            unsettled.removeFirst()
        }
    }

    mutating func commit(through position: Int64) { committed = position }
}
