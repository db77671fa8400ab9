import RoostData
import RoostEvents

extension SQLiteGroupMember {
    var room: Int { membership.capacity - lanes.values.reduce(0) { $0 + $1.progress.count } }

    /// The largest number of deliveries of a lane that are not recorded as settled, so that a slow one leaves room to the others.
    private var laneRoom: Int { max(1, membership.capacity / 4) }
    static let largestLaneRoom = GroupMembership.largestCapacity / 4

    func read(through end: Int64) async throws -> [BusEvent] {
        var events: [BusEvent] = []
        for (number, lane) in lanes where !lane.isRevoked && lane.progress.read < head {
            let limit = min(room, laneRoom - lane.progress.count)
            guard limit > 0 else {
                isFull = true
                continue
            }
            let entries = try await EventLog.events(
                of: number, after: lane.progress.read, through: head, filter, limit: limit, in: database)
            events += entries.compactMap { deliver($0) }
            if entries.count < limit { lanes[number]?.progress.pass(through: head) } else { isFull = true }
        }
        return events + (try await follow(through: end))
    }

    /// Reads further events of the lanes that have caught up. The others are left out: they would lack the events in between.
    private func follow(through end: Int64) async throws -> [BusEvent] {
        let open = lanes.filter { !$0.value.isRevoked && $0.value.progress.read >= head }.keys.sorted()
        guard end > head, !open.isEmpty else {
            // Before the first lane, there is nothing to lose.
            if lanes.isEmpty { head = max(head, end) }
            return []
        }
        let limit = room
        guard limit > 0 else {
            isFull = true
            return []
        }
        var events: [BusEvent] = [], full: Set<Int> = []
        let entries = try await EventLog.events(of: open, after: head, through: end, filter, limit: limit, in: database)
        for entry in entries where !full.contains(entry.lane) {
            if let lane = lanes[entry.lane], lane.progress.count >= laneRoom {
                // It catches up later.
                full.insert(entry.lane)
            } else if let event = deliver(entry) {
                events.append(event)
            }
        }
        isFull = isFull || entries.count == limit || !full.isEmpty
        // Nothing is left to be settled, which would go on with the rest.
        if events.isEmpty, entries.count == limit { wake.notify() }
        let reached = entries.count < limit ? end : entries.last?.position ?? end
        for number in open where !full.contains(number) { lanes[number]?.progress.pass(through: reached) }
        head = reached
        return events
    }

    private func deliver(_ entry: EventLog.Entry) -> BusEvent? {
        guard var lane = lanes[entry.lane], !lane.isRevoked, entry.position > lane.progress.read else { return nil }
        // While it is changed, it has no second owner, which would make the change a copy.
        lanes[entry.lane] = nil
        lane.progress.deliver(entry.position)
        var isRedelivered = false
        if let earlier = lane.redelivered {
            isRedelivered = entry.position <= earlier.through
            lane.redelivered?.count -= 1
            if earlier.count == 1 || !isRedelivered { lane.redelivered = nil }
        }
        lanes[entry.lane] = lane
        let id = DeliveryID(lane: Self.lane(entry.lane), epoch: lane.epoch, position: entry.position)
        return .delivered(
            Delivery(
                id: id, envelope: entry.envelope, isRedelivered: isRedelivered,
                generation: entry.position > lane.replayedFrom ? lane.generation : lane.generation - 1))
    }
}
