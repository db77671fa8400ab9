import Foundation
import Roost
import RoostEvents

/// The state of a bus in memory.
struct EventLog: Sendable {
    struct Entry: Sendable {
        let position: Int64
        let lane: Int
        let publication: Date
        let envelope: EventEnvelope
    }

    /// A lane of a group.
    struct GroupLane: Sendable {
        var progress = LaneProgress(through: 0)
        var owner: Int?
        var epoch: Int64 = 0
        var isRevoked = false
        /// The position up to which an owner that died or hung may have received events.
        var redelivered: Int64 = 0
        /// The position after which events belong to the group's generation; earlier events belong to the generation before.
        var replayedFrom: Int64 = 0
    }

    struct Member: Sendable {
        let membership: GroupMembership
        var notices: [BusEvent] = []
    }

    struct Group: Sendable {
        var topics: Set<String> = []
        var generation = 0
        var lanes = Array(repeating: GroupLane(), count: EventLog.laneCount)
        var members: [Int: Member] = [:]
    }

    static let laneCount = 8

    private(set) var entries: [Entry] = []
    private var known: Set<String> = []
    var groups: [String: Group] = [:]
    private var nextMember = 0
    var isClosed = false

    /// The position of the last event.
    private(set) var end: Int64 = 0

    mutating func append(_ envelopes: [EventEnvelope]) throws {
        try checkOpen()
        for envelope in envelopes { try envelope.checkLimits() }
        for envelope in envelopes where known.insert(envelope.id).inserted {
            end += 1
            let hash: UInt32 = envelope.key.unicodeScalars.reduce(0) { ($0 &* 31 &+ $1.value) % 1_000_003 }
            entries.append(Entry(position: end, lane: Int(hash) % Self.laneCount, publication: Date(), envelope: envelope))
        }
    }

    func checkOpen() throws { if isClosed { throw Problem.unavailable("The event bus is closed.") } }

    /// Whether a group has had a member and has settled its events up to a position.
    func hasSettled(_ group: String, through end: Int64) -> Bool {
        guard let group = groups[group] else { return false }
        return !entries.contains { entry in
            entry.position <= end && entry.position > group.lanes[entry.lane].progress.through
                && group.topics.contains(entry.envelope.topic)
        }
    }

    // MARK: Members

    mutating func join(_ membership: GroupMembership) throws -> Int {
        try checkOpen()
        nextMember += 1
        groups[membership.group, default: Group()].topics = membership.topics
        groups[membership.group]?.members[nextMember] = Member(membership: membership)
        groups[membership.group]?.balance()
        return nextMember
    }

    /// Ends a membership.
    /// - Parameter inOrder: Whether the member gives its lanes back.
    mutating func leave(_ member: Int, of group: String, inOrder: Bool) {
        guard groups[group]?.members.removeValue(forKey: member) != nil else { return }
        groups[group]?.release(inOrder: inOrder) { $0.owner == member }
        groups[group]?.balance()
    }

    mutating func settle(_ delivery: DeliveryID, of group: String) {
        guard let number = Int(delivery.lane.name), let lane = groups[group]?.lanes[number], lane.epoch == delivery.epoch else { return }
        groups[group]?.lanes[number].settle(delivery.position)
        guard lane.isRevoked else { return }
        groups[group]?.release(inOrder: true) { $0.isRevoked && $0.progress.isSettled }
        groups[group]?.balance()
    }

    /// What a member is to receive next; `nil` if there is nothing.
    mutating func next(for member: Int, of name: String) throws -> [BusEvent]? {
        try checkOpen()
        guard let group = groups[name], let membership = group.members[member]?.membership else {
            throw Problem.unavailable("The group \(name) was left.")
        }
        var events = group.members[member]?.notices ?? []
        groups[name]?.members[member]?.notices = []
        let mine = group.lanes.filter { $0.owner == member }
        var room = membership.capacity - mine.reduce(0) { $0 + $1.progress.count }
        let start = mine.filter { !$0.isRevoked }.map(\.progress.read).min() ?? end
        for entry in entries.drop(while: { $0.position <= start }) where room > 0 && membership.topics.contains(entry.envelope.topic) {
            guard let delivery = groups[name]?.deliver(entry, to: member) else { continue }
            events.append(.delivered(delivery))
            room -= 1
        }
        return events.isEmpty ? nil : events
    }

    func ages(of member: Int, in name: String) -> [Lane: Duration] {
        guard let group = groups[name] else { return [:] }
        var ages: [Lane: Duration] = [:]
        for (number, lane) in group.lanes.enumerated() where lane.owner == member {
            let oldest = entries.first {
                $0.lane == number && $0.position > lane.progress.through && group.topics.contains($0.envelope.topic)
            }
            if let oldest { ages[Lane(String(number))] = .seconds(Date().timeIntervalSince(oldest.publication)) }
        }
        return ages
    }

    mutating func replay(_ name: String, from date: Date) throws -> Int? {
        try checkOpen()
        guard groups[name] != nil else { return nil }
        let start = (entries.first { $0.publication >= date }?.position ?? end + 1) - 1
        return try groups[name]?.replay(after: start)
    }
}
