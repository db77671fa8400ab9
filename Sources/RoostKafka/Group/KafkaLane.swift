import RoostEvents

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the metadata of a committed offset says of the owner of the partition. Kafka does not tell whether a record was delivered before.
enum KafkaMark: String, Hashable, Sendable {
    /// The owner may have received events from the offset on.
    case open
    /// The owner has given the partition back in order.
    case clean

    /// Reads metadata. Those of other programs say nothing.
    init(_ metadata: String) { self = KafkaMark(rawValue: metadata) ?? .clean }
}

/// A lane that belongs to a member. Its positions are offsets.
struct KafkaLane: Sendable {
    let partition: KafkaPartition
    let lane: Lane
    let epoch: Int64
    var progress: LaneProgress
    /// The mark that is recorded.
    var mark: KafkaMark
    /// Whether the mark is that of this owner, so that events can be delivered.
    var isOpen = false
    /// The first event, while it waits for the record.
    var held: KafkaMessage?
    /// Events before this offset may have been delivered to an owner that died or hung.
    var doubtEnd: Int64?
    var isRevoked = false

    /// The largest number of events that an owner that died can have received.
    static let doubt = Int64(GroupMembership.largestCapacity)

    /// Creates a lane of a new owner.
    /// - Parameters:
    ///   - partition: The partition with the lane's events.
    ///   - epoch: The period.
    ///   - offset: What is recorded: the offset, or a negative number if nothing is.
    ///   - mark: The mark with it.
    init(_ partition: KafkaPartition, epoch: Int64, offset: Int64, mark: KafkaMark) {
        (self.partition, lane) = (partition, partition.lane)
        self.epoch = epoch
        self.mark = mark
        progress = LaneProgress(through: max(offset, 0) - 1)
        guard offset >= 0, mark == .open else { return }
        isOpen = true
        doubtEnd = offset + Self.doubt
    }

    /// Notes where the partition ended when it was looked at first: what comes later was delivered to nobody.
    mutating func noteEnd(_ offset: Int64) {
        if let end = doubtEnd { doubtEnd = min(end, offset) }
    }

    /// Notes a delivery, or holds the event until it is recorded that the lane has an owner.
    /// - Returns: Whether the event may have been delivered before, and the period; `nil` if the event is held.
    mutating func deliver(_ message: KafkaMessage) -> (isRedelivered: Bool, epoch: Int64)? {
        guard isOpen else {
            // Offsets before the first one do not exist any more.
            progress.pass(through: message.offset - 1)
            held = message
            return nil
        }
        progress.deliver(message.offset, publishedAt: message.publication)
        guard let end = doubtEnd else { return (false, epoch) }
        if message.offset + 1 >= end { doubtEnd = nil }
        return (message.offset < end, epoch)
    }

    /// What is to be recorded while the member owns the lane, or `nil` if nothing is.
    var record: KafkaLanes.Record? {
        guard progress.through > progress.written || held != nil && !isOpen else { return nil }
        return record(held != nil || isOpen ? .open : mark)
    }

    /// What is to be recorded when the lane is given back, or `nil` if nothing is.
    /// - Parameter isInOrder: Whether whoever receives its deliveries again need not be warned of them.
    func lastRecord(isInOrder: Bool) -> KafkaLanes.Record? {
        let isInDoubt = doubtEnd.map { $0 > progress.through + 1 } ?? false
        let last = isInDoubt || !isInOrder ? KafkaMark.open : .clean
        guard progress.through > progress.written || mark != last else { return nil }
        return record(last)
    }

    private func record(_ mark: KafkaMark) -> KafkaLanes.Record {
        KafkaLanes.Record(partition: partition, epoch: epoch, through: progress.through, mark: mark)
    }
}
