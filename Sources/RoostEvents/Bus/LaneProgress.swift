#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How far a member has read a lane, and what of it is settled. For buses that record a position: deliveries are settled in any order, and the
/// position advances to the oldest that is not.
package struct LaneProgress: Sendable {
    private struct Entry {
        let position: Int64
        let publication: Date?
        var isSettled = false
    }

    /// The position up to which the lane was read.
    package private(set) var read: Int64
    /// The position that was recorded last.
    package private(set) var written: Int64
    /// The deliveries after `written`, in order.
    private var delivered: [Entry] = []
    /// How many of the first ones are settled: what can be recorded.
    package private(set) var settledCount = 0
    /// The number of deliveries that are not settled.
    package private(set) var unsettled = 0

    /// Creates the progress of a lane whose events up to a position are settled.
    package init(through position: Int64) {
        read = position
        written = position
    }

    /// The position up to which everything is settled.
    package var through: Int64 { settledCount < delivered.count ? delivered[settledCount].position - 1 : read }

    /// The number of deliveries whose settlement is not recorded: the most that can be delivered again.
    package var count: Int { delivered.count }

    /// Whether all deliveries are settled.
    package var isSettled: Bool { unsettled == 0 }

    /// When the oldest delivery that is not settled was published, or `nil` if all are settled or it is not known.
    package var oldest: Date? { settledCount < delivered.count ? delivered[settledCount].publication : nil }

    /// Notes a delivery, whose position is beyond `read`.
    package mutating func deliver(_ position: Int64, publishedAt date: Date? = nil) {
        delivered.append(Entry(position: position, publication: date))
        unsettled += 1
        read = position
    }

    /// Notes that the events up to a position were read, and none of them is to be delivered.
    package mutating func pass(through position: Int64) { read = max(read, position) }

    /// Notes that a delivery is settled.
    /// - Returns: Whether it was not settled before.
    @discardableResult
    package mutating func settle(_ position: Int64) -> Bool {
        guard let index = index(of: position), !delivered[index].isSettled else { return false }
        delivered[index].isSettled = true
        unsettled -= 1
        while settledCount < delivered.count, delivered[settledCount].isSettled { settledCount += 1 }
        return true
    }

    private func index(of position: Int64) -> Int? {
        // Most deliveries are settled in order.
        var low = settledCount, high = delivered.count
        if low < high, delivered[low].position == position { return low }
        while low < high {
            let middle = (low + high) / 2
            if delivered[middle].position < position { low = middle + 1 } else { high = middle }
        }
        return low < delivered.count && delivered[low].position == position ? low : nil
    }

    /// Notes that a position was recorded.
    package mutating func write(through position: Int64) {
        written = max(written, position)
        let count = delivered.prefix(settledCount).prefix { $0.position <= written }.count
        delivered.removeFirst(count)
        settledCount -= count
    }
}
