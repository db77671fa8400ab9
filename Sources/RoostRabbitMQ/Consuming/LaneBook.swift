import DequeModule
import RoostEvents

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a member has received of its lanes, and what of it is settled. A pure state machine.
///
/// The server lets one consumer of a queue receive its messages, and lets the next one begin when the channel of the first ends. What was
/// not acknowledged is then delivered to the next consumer first, so order is never broken. A lane is given up in three steps: no more
/// acknowledgements are sent, so that no more messages come; what has come is handled; and the channel is closed. The next consumer gets what
/// was handled but not acknowledged once more, and recognizes it.
struct LaneBook {
    private struct OpenLane {
        let epoch: Int64
        var progress = LaneProgress(through: 0)
        /// The number of deliveries that were not handed out yet.
        var waiting = 0
        var isAssigned = false
        var isReleased = false

        /// - Returns: The period, and whether the message is the first one of it.
        mutating func receive(_ message: LaneMessage, isWanted: Bool) -> (epoch: Int64, isFirst: Bool) {
            progress.deliver(message.position, publishedAt: message.publication)
            if isWanted { waiting += 1 } else { progress.settle(message.position) }
            defer { isAssigned = true }
            return (epoch, !isAssigned)
        }

        /// Whether nothing is left to be done before the lane can be given up.
        var isDone: Bool { isReleased && waiting == 0 && progress.isSettled }
    }

    private let capacity: Int
    private let topics: Set<String>
    private var lanes: [Int: OpenLane] = [:]
    private var notices: [BusEvent] = []
    private var waiting: Deque<Delivery> = []
    private var epoch: Int64 = 0
    /// The number of deliveries that were handed out and are not settled.
    private var handedOut = 0

    init(_ membership: GroupMembership) {
        capacity = membership.capacity
        topics = membership.topics
    }

    /// The largest number of deliveries of a lane that are not acknowledged, so that a slow lane leaves room to the others. It is the same for all
    /// members: the server puts back what is not acknowledged behind what it has put back before.
    static let prefetch: UInt16 = 32

    /// Whether there is something to hand out.
    var hasNews: Bool { !notices.isEmpty || !waiting.isEmpty && handedOut < capacity }

    static func lane(_ number: Int) -> Lane { Lane(String(number)) }

    // MARK: Lanes

    /// Begins to consume a lane. Others may still be before this member in its line.
    mutating func open(_ number: Int) {
        epoch += 1
        lanes[number] = OpenLane(epoch: epoch)
    }

    /// Begins to give up a lane.
    /// - Returns: Whether it can be closed at once.
    mutating func release(_ number: Int) -> Bool {
        lanes[number]?.isReleased = true
        return isDone(number)
    }

    /// Whether a lane was given up, and nothing of it is left to be done.
    func isDone(_ number: Int) -> Bool { lanes[number]?.isDone ?? false }

    /// Forgets a lane whose channel is closed.
    mutating func close(_ number: Int) {
        guard let lane = lanes.removeValue(forKey: number) else { return }
        waiting.removeAll { $0.lane == Self.lane(number) }
        handedOut -= lane.progress.unsettled - lane.waiting
        guard lane.isAssigned else { return }
        notices.append(lane.isDone ? .revoked(Self.lane(number)) : .lost(Self.lane(number)))
    }

    // MARK: Deliveries

    /// Takes a message. One of a topic that the group does not handle is settled at once.
    mutating func receive(_ message: LaneMessage, of number: Int) {
        let isWanted = topics.contains(message.envelope.topic) || message.fault != nil
        // Each change is made in place: a lane that is taken out of the dictionary and put back is copied.
        guard let (epoch, isFirst) = lanes[number]?.receive(message, isWanted: isWanted) else { return }
        if isFirst { notices.append(.assigned(Self.lane(number))) }
        guard isWanted else { return }
        let id = DeliveryID(lane: Self.lane(number), epoch: epoch, position: message.position)
        waiting.append(Delivery(id: id, envelope: message.envelope, isRedelivered: message.isRedelivered, fault: message.fault))
    }

    /// Hands out what is there, up to the capacity.
    mutating func take() -> [BusEvent] {
        var events = notices
        notices = []
        while handedOut < capacity, let delivery = waiting.popFirst() {
            handedOut += 1
            if let number = Int(delivery.lane.name) { lanes[number]?.waiting -= 1 }
            events.append(.delivered(delivery))
        }
        return events
    }

    /// Notes that a delivery is settled.
    /// - Returns: The lane, if it can be closed now.
    mutating func settle(_ delivery: DeliveryID) -> Int? {
        guard let number = Int(delivery.lane.name), lanes[number]?.epoch == delivery.epoch else { return nil }
        if lanes[number]?.progress.settle(delivery.position) == true { handedOut -= 1 }
        return isDone(number) ? number : nil
    }

    /// Whether something can be acknowledged.
    var owesAcknowledgements: Bool { lanes.values.contains { !$0.isReleased && $0.progress.through > $0.progress.written } }

    /// Returns what can be acknowledged: for each lane the position up to which everything is settled.
    /// - Parameter isWorthwhile: Whether to leave out lanes of which less than half as much is settled as the server sends ahead.
    mutating func acknowledgements(isWorthwhile: Bool = false) -> [(lane: Int, through: UInt64)] {
        var acknowledgements: [(lane: Int, through: UInt64)] = []
        let least = isWorthwhile ? Int64(Self.prefetch) / 2 : 1
        for (number, lane) in lanes where !lane.isReleased && lane.progress.through - lane.progress.written >= least {
            acknowledgements.append((number, UInt64(lane.progress.through)))
            lanes[number]?.progress.write(through: lane.progress.through)
        }
        return acknowledgements
    }

    /// The age of the oldest delivery of each lane that is not settled.
    func ages(at now: Date) -> [Lane: Duration] {
        var ages: [Lane: Duration] = [:]
        for (number, lane) in lanes {
            ages[Self.lane(number)] = lane.progress.oldest.map { .seconds(max(0, now.timeIntervalSince($0))) }
        }
        return ages
    }
}
