import Roost
import RoostEvents

/// The state of a bus in memory.
struct EventLog: Sendable {
    struct Entry: Sendable {
        let position: Int64
        let envelope: EventEnvelope
        /// The one group that a replayed event is for; `nil` for all.
        let audience: String?
    }

    private struct Group: Sendable {
        var topics: Set<String> = []
        var committed: Int64 = 0
        var hasReader = false
    }

    private(set) var entries: [Entry] = []
    private(set) var letters: [DeadLetter] = []
    private var known: Set<String> = []
    private var groups: [String: Group] = [:]
    var isClosed = false

    /// The position of the last event.
    private(set) var end: Int64 = 0

    mutating func append(_ envelopes: [EventEnvelope]) throws {
        try checkOpen()
        for envelope in envelopes where known.insert(envelope.id).inserted { add(envelope, for: nil) }
    }

    private mutating func add(_ envelope: EventEnvelope, for audience: String?) {
        end += 1
        entries.append(Entry(position: end, envelope: envelope, audience: audience))
    }

    private func checkOpen() throws { if isClosed { throw Problem.unavailable("The event bus is closed.") } }

    // MARK: Groups

    /// Makes the caller the group's reader.
    /// - Returns: The position of the group's last commit; `nil` if it has another reader.
    mutating func takeReader(_ group: String, _ topics: Set<String>) throws -> Int64? {
        try checkOpen()
        guard groups[group]?.hasReader != true else { return nil }
        groups[group, default: Group()].topics = topics
        groups[group, default: Group()].hasReader = true
        return groups[group]?.committed
    }

    mutating func releaseReader(_ group: String) { groups[group]?.hasReader = false }

    /// The deliveries of a group after a position.
    func deliveries(of group: String, after position: Int64, atMost count: Int) throws -> [EventDelivery] {
        try checkOpen()
        let topics = groups[group]?.topics ?? []
        return entries.lazy
            .filter { $0.position > position && topics.contains($0.envelope.topic) && ($0.audience ?? group) == group }
            .prefix(count).map { EventDelivery(position: $0.position, envelope: $0.envelope) }
    }

    mutating func commit(_ group: String, through position: Int64) throws {
        try checkOpen()
        // A reader that was replaced may commit late.
        groups[group, default: Group()].committed = max(groups[group]?.committed ?? 0, position)
    }

    /// Whether a group has read before and has settled its events up to a position.
    func hasSettled(_ group: String, through end: Int64) -> Bool {
        guard let state = groups[group] else { return false }
        return !entries.contains { entry in
            entry.position > state.committed && entry.position <= end && state.topics.contains(entry.envelope.topic)
                && (entry.audience ?? group) == group
        }
    }

    // MARK: Dead letters

    mutating func add(_ letter: DeadLetter) throws {
        try checkOpen()
        letters.removeAll { $0.group == letter.group && $0.envelope.id == letter.envelope.id }
        letters.append(letter)
    }

    func letters(of group: String, atMost count: Int) throws -> [DeadLetter] {
        try checkOpen()
        return Array(letters.filter { $0.group == group }.prefix(count))
    }

    mutating func replay(_ eventID: String, to group: String) throws -> Bool {
        try checkOpen()
        guard let index = letters.firstIndex(where: { $0.group == group && $0.envelope.id == eventID }) else { return false }
        // An earlier replay of the same event would make this one a duplicate.
        entries.removeAll { $0.envelope.id == eventID && $0.audience == group }
        add(letters.remove(at: index).envelope, for: group)
        return true
    }
}
