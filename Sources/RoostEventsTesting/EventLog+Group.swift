import Roost
import RoostEvents

extension EventLog.GroupLane {
    mutating func settle(_ position: Int64) {
        progress.settle(position)
        progress.write(through: progress.through)
    }

    mutating func begin(for member: Int) {
        owner = member
        epoch += 1
    }
}

extension EventLog.Group {
    mutating func deliver(_ entry: EventLog.Entry, to member: Int) -> Delivery? {
        let lane = lanes[entry.lane]
        guard lane.owner == member, !lane.isRevoked, entry.position > lane.progress.read else { return nil }
        lanes[entry.lane].progress.deliver(entry.position)
        let id = DeliveryID(lane: Lane(String(entry.lane)), epoch: lane.epoch, position: entry.position)
        return Delivery(
            id: id, envelope: entry.envelope, isRedelivered: entry.position <= lane.redelivered,
            generation: entry.position > lane.replayedFrom ? generation : generation - 1)
    }

    /// Takes lanes from their owners.
    mutating func release(inOrder: Bool, where condition: (EventLog.GroupLane) -> Bool) {
        for number in lanes.indices where condition(lanes[number]) {
            if !inOrder { lanes[number].redelivered = max(lanes[number].redelivered, lanes[number].progress.read) }
            lanes[number].progress = LaneProgress(through: lanes[number].progress.through)
            lanes[number].owner = nil
            lanes[number].isRevoked = false
        }
    }

    /// Divides the lanes among the members.
    mutating func balance() {
        let topics = Dictionary(uniqueKeysWithValues: members.map { (String($0), $1.membership.topics) })
        for member in members.keys.sorted() {
            let share = LaneShares.share(of: String(member), among: topics, lanes: lanes.count)
            let mine = lanes.indices.filter { lanes[$0].owner == member && !lanes[$0].isRevoked }
            for number in mine.dropFirst(share) {
                lanes[number].isRevoked = true
                members[member]?.notices.append(.revoked(Lane(String(number))))
            }
        }
        release(inOrder: true) { $0.isRevoked && $0.progress.isSettled }
        for member in members.keys.sorted() {
            let share = LaneShares.share(of: String(member), among: topics, lanes: lanes.count)
            let count = lanes.count { $0.owner == member && !$0.isRevoked }
            for number in lanes.indices.filter({ lanes[$0].owner == nil }).prefix(max(0, share - count)) {
                lanes[number].begin(for: member)
                members[member]?.notices.append(.assigned(Lane(String(number))))
            }
        }
    }

    mutating func replay(after start: Int64) throws -> Int {
        // A lane knows of two generations only.
        guard lanes.allSatisfy({ $0.progress.through >= $0.replayedFrom }) else {
            throw Problem(.conflict, "Events before the last replay are still to be handled. Replay again after that.")
        }
        generation += 1
        for number in lanes.indices {
            if let owner = lanes[number].owner { members[owner]?.notices.append(.lost(Lane(String(number)))) }
            lanes[number] = EventLog.GroupLane(
                progress: LaneProgress(through: min(start, lanes[number].progress.through)), epoch: lanes[number].epoch + 1,
                replayedFrom: start)
        }
        balance()
        return generation
    }
}
