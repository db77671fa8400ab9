import RoostData
import RoostEvents

extension SQLiteGroupMember {
    /// Gives up lanes that others should have, and takes those that this member should have.
    func balance() async throws {
        let view = try await rows.view()
        if view.lanes.isEmpty || !view.members.contains(where: { $0.id == id }) {
            // The lease expired and others have noticed it, or the group was forgotten.
            for number in lanes.keys { lose(number) }
            return try await enter()
        }
        for row in view.lanes where row.owner != id || row.epoch != lanes[row.lane]?.epoch { lose(row.lane) }
        let dead = try await dead(in: view)
        let alive = view.members.filter { $0.id == id || !$0.isExpired && !dead.contains($0.id) }
        others = Dictionary(uniqueKeysWithValues: alive.filter { $0.id != id }.map { ($0.id, $0.presence) })
        let share = LaneShares.share(
            of: id, among: Dictionary(uniqueKeysWithValues: alive.map { ($0.id, $0.topics) }), lanes: KeyLanes.count)
        let mine = lanes.filter { !$0.value.isRevoked }.keys.sorted()
        for number in mine.dropFirst(share) {
            lanes[number]?.isRevoked = true
            notices.append(.revoked(Self.lane(number)))
        }
        let ids = Set(alive.map(\.id)), isGone = alive.count < view.members.count
        let free = view.lanes.contains { $0.owner.map { !ids.contains($0) } ?? true }
        if isGone || free && mine.count < share {
            let end = try await rows.look().end
            let taken = try await rows.take(max(0, share - mine.count), for: id, from: dead)
            // Lanes that are behind the first one are read until they get there.
            if lanes.isEmpty { head = max(head, taken.map(\.position).max() ?? 0) }
            for row in taken { own(row, end) }
        }
        revision = view.revision
    }

    private func own(_ row: GroupRows.LaneRow, _ end: Int64) {
        lanes[row.lane] = OwnedLane(
            epoch: row.epoch, generation: row.generation, replayedFrom: row.replayedFrom, progress: LaneProgress(through: row.position),
            redelivered: row.isDisorderly ? (count: Self.largestLaneRoom, through: end) : nil)
        notices.append(.assigned(Self.lane(row.lane)))
    }

    private func dead(in view: GroupRows.View) async throws -> [String] {
        guard let presence = database.presence else { return [] }
        var dead: [String] = []
        for member in view.members where member.id != id && member.presence >= 0 {
            if try await !presence.isHeld(member.presence) { dead.append(member.id) }
        }
        return dead
    }
}
