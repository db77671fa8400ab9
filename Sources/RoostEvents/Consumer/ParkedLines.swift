/// The keys that have parked events, the number of events, and which of them are due.
struct ParkedLines {
    private var counts: [String: [String: Int]] = [:]
    private var due: [String: Set<String>] = [:]

    /// The number of keys with parked events.
    var keyCount: Int { counts.count }

    /// Returns the subscriptions for which events of a key are parked.
    func subscriptions(of key: String) -> Set<String> { Set((counts[key] ?? [:]).keys) }

    /// Adds events to a line.
    /// - Returns: Whether the line was empty.
    mutating func add(_ count: Int, to line: ParkedLine) -> Bool {
        let before = counts[line.key]?[line.subscription] ?? 0
        counts[line.key, default: [:]][line.subscription] = before + count
        return before == 0
    }

    /// Removes the first event of a line.
    /// - Returns: Whether there are more.
    mutating func removeFirst(of line: ParkedLine) -> Bool {
        let left = (counts[line.key]?[line.subscription] ?? 1) - 1
        counts[line.key]?[line.subscription] = left > 0 ? left : nil
        if counts[line.key]?.isEmpty == true { counts[line.key] = nil }
        return left > 0
    }

    mutating func setDue(_ line: ParkedLine) { due[line.key, default: []].insert(line.subscription) }

    /// Takes the lines of a key that are due, with the number of their events.
    mutating func takeDue(of key: String) -> [(line: ParkedLine, count: Int)] {
        (due.removeValue(forKey: key) ?? []).sorted().compactMap { subscription in
            counts[key]?[subscription].map { (ParkedLine(subscription: subscription, key: key), $0) }
        }
    }
}
