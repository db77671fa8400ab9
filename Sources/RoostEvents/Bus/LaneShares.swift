/// How the lanes of a group are divided among its members.
package enum LaneShares {
    /// Returns the number of lanes that a member should have: the same for all, with what is left over for the first ones.
    ///
    /// All members compute the same shares, so none has to tell the others.
    /// - Parameters:
    ///   - member: The member.
    ///   - members: The members of the group and their topics.
    ///   - lanes: The number of lanes.
    /// - Returns: Zero for a member that lacks topics that others handle: it would pass over their events.
    package static func share(of member: String, among members: [String: Set<String>], lanes: Int) -> Int {
        let topics = members.values.reduce(into: Set()) { $0.formUnion($1) }
        let complete = members.filter { $0.value == topics }
        let able = (complete.isEmpty ? members : complete).keys.sorted()
        guard let place = able.firstIndex(of: member) else { return 0 }
        return lanes / able.count + (place < lanes % able.count ? 1 : 0)
    }
}
