/// How far a member has read a lane, and what of it is settled. For buses that record a position: deliveries are settled in any order, and the
/// position advances to the oldest that is not.
package struct LaneProgress: Sendable {
    /// The position up to which the lane was read.
    package private(set) var read: Int64
    /// The position that was recorded last.
    package private(set) var written: Int64
    /// The positions of the deliveries after `written`, in order.
    private var delivered: [Int64] = []
    /// Those of them that are settled.
    private var settled: Set<Int64> = []
    /// How many of the first ones are settled.
    private var settledCount = 0

    /// Creates the progress of a lane whose events up to a position are settled.
    package init(through position: Int64) {
        read = position
        written = position
    }

    /// The position up to which everything is settled.
    package var through: Int64 { settledCount < delivered.count ? delivered[settledCount] - 1 : read }

    /// The number of deliveries whose settlement is not recorded: the most that can be delivered again.
    package var count: Int { delivered.count }

    /// Whether all deliveries are settled.
    package var isSettled: Bool { settledCount == delivered.count }

    /// Notes a delivery, whose position is beyond `read`.
    package mutating func deliver(_ position: Int64) {
        delivered.append(position)
        read = position
    }

    /// Notes that the events up to a position were read, and none of them is to be delivered.
    package mutating func pass(through position: Int64) { read = max(read, position) }

    /// Notes that a delivery is settled.
    package mutating func settle(_ position: Int64) {
        guard position > written, position <= read else { return }
        settled.insert(position)
        while settledCount < delivered.count, settled.contains(delivered[settledCount]) { settledCount += 1 }
    }

    /// Notes that a position was recorded.
    package mutating func write(through position: Int64) {
        written = max(written, position)
        let count = delivered.prefix(settledCount).prefix { $0 <= written }.count
        for position in delivered.prefix(count) { settled.remove(position) }
        delivered.removeFirst(count)
        settledCount -= count
    }
}
