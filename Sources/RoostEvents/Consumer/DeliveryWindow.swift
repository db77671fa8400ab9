/// Determines which deliveries can be handled now: those of one key one after the other, and those of different keys concurrently. A pure
/// state machine, which `EventConsumer` drives.
///
/// The bus limits how many there are: it delivers no more than a member's capacity before some are settled.
struct DeliveryWindow {
    private let concurrency: Int
    /// The deliveries of each key: the one that is being handled or is ready, and those that wait behind it.
    private var lines: [String: [Delivery]] = [:]
    private var ready: [String] = []
    private var running: Set<String> = []

    /// Creates an empty window.
    /// - Parameter concurrency: The largest number of deliveries that are handled at once.
    init(concurrency: Int) { self.concurrency = concurrency }

    /// Whether deliveries are being handled.
    var isActive: Bool { !running.isEmpty }

    mutating func add(_ delivery: Delivery) {
        let key = delivery.envelope.key
        if lines[key] == nil { ready.append(key) }
        lines[key, default: []].append(delivery)
    }

    /// Starts the next delivery, or returns `nil` if all of them wait for others.
    mutating func start() -> Delivery? {
        guard running.count < concurrency, !ready.isEmpty else { return nil }
        let key = ready.removeFirst()
        running.insert(key)
        return lines[key]?.first
    }

    /// Records that the delivery of a key that was started has ended.
    mutating func end(_ delivery: Delivery) {
        let key = delivery.envelope.key
        running.remove(key)
        lines[key]?.removeFirst()
        resume(key)
    }

    /// Forgets the deliveries of a lane that wait: they are delivered to another member.
    mutating func lose(_ lane: Lane) {
        for (key, line) in lines where line.contains(where: { $0.lane == lane }) {
            let first = running.contains(key) ? 1 : 0
            lines[key] = line.prefix(first) + line.dropFirst(first).filter { $0.lane != lane }
            guard first == 0 else { continue }
            ready.removeAll { $0 == key }
            resume(key)
        }
    }

    private mutating func resume(_ key: String) {
        if lines[key]?.isEmpty ?? true { lines[key] = nil } else { ready.append(key) }
    }
}
