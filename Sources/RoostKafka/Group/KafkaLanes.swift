import RoostEvents

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The lanes of a member: what it has received of them, and what of it is recorded on the cluster. It does no I/O.
struct KafkaLanes: Sendable {
    /// What is recorded of a lane with a commit.
    struct Record: Hashable, Sendable {
        let partition: KafkaPartition
        let epoch: Int64
        let through: Int64
        let mark: KafkaMark

        /// The commit: Kafka's offset is that of the next record.
        var offset: KafkaOffset { KafkaOffset(partition: partition, offset: through + 1, metadata: mark.rawValue) }
    }

    let capacity: Int
    /// The lanes that the member owns. Code that runs for each event refers to a lane by its index.
    private(set) var owned: [KafkaLane] = []
    private var indices: [Lane: Int] = [:]
    /// What `next()` is to return first.
    private var notices: [BusEvent] = []
    private var lastEpoch: Int64

    /// Creates the lanes of a new member, which owns no lane yet.
    /// - Parameters:
    ///   - capacity: The largest number of deliveries that are not recorded as settled.
    ///   - epoch: A number before those of the periods.
    init(capacity: Int, epoch: Int64) { (self.capacity, room, lastEpoch) = (capacity, capacity, epoch) }

    /// How many more deliveries there may be.
    private(set) var room: Int
    /// The number of settled deliveries that can be recorded: those before the oldest of their lane that is not settled.
    private(set) var recordableCount = 0

    /// The largest number of deliveries of a lane that are not recorded as settled, so that a slow one leaves room to the others.
    private var laneRoom: Int { max(1, capacity / 4) }

    /// Whether every delivery is settled.
    var isSettled: Bool { owned.allSatisfy(\.progress.isSettled) }

    /// How many settlements a commit is made for at once: few enough that a lane does not stand still for it.
    private var worthwhileCount: Int { max(1, laneRoom / 2) }

    /// Whether a commit should not wait for more settlements.
    var needsRecord: Bool { recordableCount >= worthwhileCount || owned.contains { $0.held != nil && !$0.isOpen } }

    mutating func takeNotices() -> [BusEvent] {
        defer { notices = [] }
        return notices
    }

    // MARK: Owning

    /// Takes a lane.
    mutating func assign(_ partition: KafkaPartition, offset: Int64, mark: KafkaMark) {
        lastEpoch += 1
        let lane = KafkaLane(partition, epoch: lastEpoch, offset: offset, mark: mark)
        if let index = indices[lane.lane] {
            owned[index] = lane
        } else {
            indices[lane.lane] = owned.count
            owned.append(lane)
        }
        notices.append(.assigned(lane.lane))
    }

    /// Returns the index of a partition's lane until the lanes are released, or `nil` if the member does not own it.
    func index(of partition: KafkaPartition) -> Int? { indices[partition.lane] }

    /// Delivers nothing more of any lane.
    mutating func revoke() {
        for index in owned.indices where !owned[index].isRevoked {
            owned[index].isRevoked = true
            owned[index].held = nil
            notices.append(.revoked(owned[index].lane))
        }
    }

    /// Gives up all lanes. Those with deliveries that are not settled are lost.
    /// - Parameter wereLost: Whether all of them are lost, as they belong to others already.
    mutating func release(wereLost: Bool = false) {
        for lane in owned where wereLost || !lane.progress.isSettled { notices.append(.lost(lane.lane)) }
        owned = []
        indices = [:]
        (room, recordableCount) = (capacity, 0)
    }

    // MARK: Delivering

    /// Returns how many more deliveries of a lane there may be.
    func room(at index: Int) -> Int {
        guard owned.indices.contains(index), !owned[index].isRevoked else { return 0 }
        return min(room, laneRoom - owned[index].progress.count)
    }

    /// Takes the event that waited until it was recorded that the lane has an owner.
    mutating func takeHeld(at index: Int) -> KafkaMessage? {
        guard owned.indices.contains(index), owned[index].isOpen else { return nil }
        return owned[index].held.take()
    }

    /// Whether an event of the lane waits for a record.
    func isHeld(at index: Int) -> Bool { owned.indices.contains(index) && owned[index].held != nil }

    /// Notes the end of a partition as it was before anything was read.
    mutating func noteEnd(_ offset: Int64, at index: Int) {
        if owned.indices.contains(index) { owned[index].noteEnd(offset) }
    }

    /// Whether it matters where the partition ends.
    func needsEnd(at index: Int) -> Bool { owned.indices.contains(index) && owned[index].doubtEnd != nil }

    /// Notes that there is nothing to deliver up to an offset.
    mutating func pass(_ offset: Int64, at index: Int) {
        if owned.indices.contains(index) { owned[index].progress.pass(through: offset) }
    }

    /// Delivers an event, or holds it until it is recorded that the lane has an owner.
    /// - Returns: `nil` if it is held.
    mutating func deliver(_ message: KafkaMessage, at index: Int) -> Delivery? {
        guard owned.indices.contains(index) else { return nil }
        if message.offset <= owned[index].progress.read { restart(at: index, from: message.offset) }
        guard let (isRedelivered, epoch) = owned[index].deliver(message) else { return nil }
        room -= 1
        let id = DeliveryID(lane: owned[index].lane, epoch: epoch, position: message.offset)
        return Delivery(id: id, envelope: message.envelope, isRedelivered: isRedelivered, fault: message.fault)
    }

    /// Begins a lane anew whose topic was deleted and created again, so that its offsets begin again too.
    private mutating func restart(at index: Int, from offset: Int64) {
        notices.append(.lost(owned[index].lane))
        room += owned[index].progress.count
        recordableCount -= owned[index].progress.settledCount
        assign(owned[index].partition, offset: offset, mark: .clean)
    }

    // MARK: Settling

    /// What a settlement means for the next commit.
    enum Settlement {
        /// The lane does not belong to the member any more.
        case late
        /// It is recorded with the others.
        case noted
        /// It is the first that can be recorded, or there are enough for a commit now.
        case due
    }

    /// Notes that a delivery is settled.
    mutating func settle(_ delivery: DeliveryID) -> Settlement {
        guard let index = indices[delivery.lane], owned[index].epoch == delivery.epoch else { return .late }
        let former = recordableCount, count = owned[index].progress.settledCount
        owned[index].progress.settle(delivery.position)
        recordableCount += owned[index].progress.settledCount - count
        return recordableCount > former && (former == 0 || recordableCount >= worthwhileCount) ? .due : .noted
    }

    /// What is to be recorded now.
    var records: [Record] { owned.compactMap { $0.record } }

    /// What is to be recorded when the lanes are given back.
    /// - Parameter isLeaving: Whether the member leaves, so that what it has not settled does not mean that a handler hangs.
    func lastRecords(isLeaving: Bool) -> [Record] {
        owned.compactMap { $0.lastRecord(isInOrder: isLeaving || $0.progress.isSettled) }
    }

    /// Notes that something was recorded.
    mutating func note(_ record: Record) {
        guard let index = index(of: record.partition), owned[index].epoch == record.epoch else { return }
        let count = owned[index].progress.count
        owned[index].progress.write(through: record.through)
        let recorded = count - owned[index].progress.count
        room += recorded
        recordableCount -= recorded
        owned[index].mark = record.mark
        if record.mark == .open { owned[index].isOpen = true }
    }

    /// When the oldest delivery of each lane that is not settled was published.
    var oldest: [Lane: Date] {
        var dates: [Lane: Date] = [:]
        for lane in owned { dates[lane.lane] = lane.progress.oldest }
        return dates
    }
}
