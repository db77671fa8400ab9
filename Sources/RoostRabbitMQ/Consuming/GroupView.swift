import Roost
import RoostEvents

/// What a member announces to the others of its group.
@Schema
struct MemberAnnouncement: Equatable {
    /// The reason for the announcement.
    @Schema
    enum Occasion: String {
        /// It has just joined, and asks the others for their announcements.
        case hello
        case change
        case leaving
    }

    var member: String
    var occasion: Occasion
    var topics: [String]
    /// The lanes that it consumes or waits for.
    var lanes: [Int]
}

/// How a member divides the lanes with the others of its group. A pure state machine.
///
/// The division only spreads the work. That one member at a time receives the messages of a lane, and in order, is the server's doing.
struct GroupView {
    private struct Other {
        var topics: Set<String>
        var lanes: Set<Int>
        var lastHeard: Duration
    }

    let id: String
    private let topics: Set<String>
    private var others: [String: Other] = [:]
    /// The lanes that were given up for their owners, so that this happens once.
    private var yielded: [Int: String] = [:]

    /// How often members announce themselves, and how long one can be silent before it is considered dead.
    static let interval = Duration.seconds(5), limit = Duration.seconds(16)

    init(id: String, topics: Set<String>) { (self.id, self.topics) = (id, topics) }

    /// Takes the announcement of a member.
    /// - Returns: Whether it changes how the lanes are divided.
    mutating func receive(_ announcement: MemberAnnouncement, at now: Duration) -> Bool {
        guard announcement.member != id else { return false }
        guard announcement.occasion != .leaving else { return others.removeValue(forKey: announcement.member) != nil }
        let other = Other(topics: Set(announcement.topics), lanes: Set(announcement.lanes), lastHeard: now),
            before = others[announcement.member]
        others[announcement.member] = other
        return before?.topics != other.topics || before?.lanes != other.lanes
    }

    /// Forgets the members that were silent for too long.
    /// - Returns: Whether there were any.
    mutating func expire(at now: Duration) -> Bool {
        let before = others.count
        others = others.filter { $0.value.lastHeard + Self.limit > now }
        return others.count < before
    }

    func announcement(_ occasion: MemberAnnouncement.Occasion, lanes: Set<Int>) -> MemberAnnouncement {
        MemberAnnouncement(member: id, occasion: occasion, topics: topics.sorted(), lanes: lanes.sorted())
    }

    /// What to do about a lane.
    enum Step: Hashable {
        case open(Int)
        /// Give it up.
        case release(Int)
        /// Give it up, and wait for it again behind the others.
        case yield(Int)
    }

    /// Returns what to do so that every lane has an owner and another member that waits for it.
    /// - Parameter subscribed: The lanes that this member consumes or waits for.
    mutating func steps(from subscribed: Set<Int>) -> [Step] {
        let able = able
        return (0..<KeyLane.count).compactMap { lane -> Step? in
            guard let place = able.firstIndex(of: id) else { return forget(lane, subscribed) }
            let owner = lane % able.count
            if place == owner {
                yielded[lane] = nil
                return subscribed.contains(lane) ? nil : .open(lane)
            }
            guard place == (owner + 1) % able.count else { return forget(lane, subscribed) }
            return wait(for: lane, behind: able[owner], subscribed)
        }
    }

    private mutating func forget(_ lane: Int, _ subscribed: Set<Int>) -> Step? {
        yielded[lane] = nil
        return subscribed.contains(lane) ? .release(lane) : nil
    }

    private mutating func wait(for lane: Int, behind owner: String, _ subscribed: Set<Int>) -> Step? {
        // Once the owner waits for the lane, and again whenever it has gone to the end of the line.
        let isBehind = others[owner]?.lanes.contains(lane) == true, hasYielded = yielded[lane] == owner
        yielded[lane] = isBehind ? owner : nil
        if !subscribed.contains(lane) { return .open(lane) }
        return isBehind && !hasYielded ? .yield(lane) : nil
    }

    /// The members that handle all topics of the group. Another one, such as an earlier version of the program, would have to pass over events.
    private var able: [String] {
        let members = others.mapValues(\.topics).merging([id: topics]) { $1 }
        let all = members.values.reduce(into: Set()) { $0.formUnion($1) }
        let complete = members.filter { $0.value == all }
        return (complete.isEmpty ? members : complete).keys.sorted()
    }
}
