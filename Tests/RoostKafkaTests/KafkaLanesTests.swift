import Foundation
import RoostEvents
import Testing

@testable import RoostKafka

/// Lanes that expectations can change.
private final class Subject {
    private var lanes: KafkaLanes

    init(capacity: Int = 256) { lanes = KafkaLanes(capacity: capacity, epoch: 0) }

    var records: [KafkaLanes.Record] { lanes.records }
    var isSettled: Bool { lanes.isSettled }
    var room: Int { lanes.room }
    var oldest: [Lane: Date] { lanes.oldest }

    var needsRecord: Bool { lanes.needsRecord }
    private func index(of partition: KafkaPartition) -> Int? { lanes.index(of: partition) }
    func room(in partition: KafkaPartition) -> Int { index(of: partition).map { lanes.room(at: $0) } ?? 0 }
    func lastRecords(isLeaving: Bool) -> [KafkaLanes.Record] { lanes.lastRecords(isLeaving: isLeaving) }
    func takeNotices() -> [BusEvent] { lanes.takeNotices() }
    func assign(_ partition: KafkaPartition, offset: Int64, mark: KafkaMark) { lanes.assign(partition, offset: offset, mark: mark) }
    func revoke() { lanes.revoke() }
    func release(wereLost: Bool = false) { lanes.release(wereLost: wereLost) }
    func takeHeld(of partition: KafkaPartition) -> KafkaMessage? { index(of: partition).flatMap { lanes.takeHeld(at: $0) } }
    func noteEnd(_ offset: Int64, of partition: KafkaPartition) { if let index = index(of: partition) { lanes.noteEnd(offset, at: index) } }
    func pass(_ offset: Int64, of partition: KafkaPartition) { if let index = index(of: partition) { lanes.pass(offset, at: index) } }
    func deliver(_ message: KafkaMessage, of partition: KafkaPartition) -> Delivery? {
        index(of: partition).flatMap { lanes.deliver(message, at: $0) }
    }
    func settle(_ delivery: DeliveryID) -> KafkaLanes.Settlement { lanes.settle(delivery) }
    func note(_ record: KafkaLanes.Record) { lanes.note(record) }
}

@Suite struct KafkaLanesTests {
    private let first = KafkaPartition(topic: "t", number: 0), second = KafkaPartition(topic: "t", number: 1)

    private func message(_ offset: Int64, time: Double = 0) -> KafkaMessage {
        KafkaMessage(
            offset: offset, publication: Date(timeIntervalSince1970: time),
            envelope: EventEnvelope(source: "s", topic: "t.a", key: "k", data: [0x31]), fault: nil)
    }

    /// Lanes with one that was settled up to an offset, whose owner is recorded.
    private func open(at offset: Int64 = 10, capacity: Int = 256, mark: KafkaMark = .open) -> Subject {
        let lanes = Subject(capacity: capacity)
        lanes.assign(first, offset: offset, mark: mark)
        for record in lanes.records { lanes.note(record) }
        return lanes
    }

    @Test func nothingIsDeliveredBeforeTheOwnerIsRecorded() throws {
        let lanes = open(mark: .clean)
        #expect(lanes.records.isEmpty, "a lane without events needs no commit")
        #expect(lanes.deliver(message(10), of: first) == nil)
        #expect(lanes.takeHeld(of: first) == nil)
        let record = try #require(lanes.records.first)
        #expect(record.offset == KafkaOffset(partition: first, offset: 10, metadata: "open"))
        lanes.note(record)
        let held = try #require(lanes.takeHeld(of: first)), delivery = try #require(lanes.deliver(held, of: first))
        #expect(delivery.id.position == 10 && !delivery.isRedelivered)
        #expect(lanes.deliver(message(11), of: first)?.id.position == 11)
    }

    @Test func aLaneWithoutARecordedOffsetBeginsWithTheFirstEventThatIsKept() throws {
        let lanes = Subject()
        lanes.assign(first, offset: -1, mark: .clean)
        #expect(lanes.lastRecords(isLeaving: true).isEmpty)
        #expect(lanes.deliver(message(500), of: first) == nil)
        #expect(lanes.records.map(\.offset.offset) == [500])
    }

    @Test func whatAnOwnerThatDiedMayHaveReceivedIsTold() throws {
        let lanes = open(at: 10)
        lanes.noteEnd(13, of: first)
        lanes.noteEnd(20, of: first)
        let told = [10, 11, 12, 13].compactMap { lanes.deliver(message($0), of: first)?.isRedelivered }
        #expect(told == [true, true, true, false])
    }

    @Test func anOwnerThatDiedHasReceivedNoMoreThanItsCapacity() throws {
        let lanes = open(at: 0)
        #expect(lanes.deliver(message(255), of: first)?.isRedelivered == true)
        #expect(lanes.deliver(message(256), of: first)?.isRedelivered == false)
    }

    @Test func anOwnerThatDiedWithoutAnEventHasReceivedNone() throws {
        let lanes = open(at: 10)
        lanes.noteEnd(10, of: first)
        #expect(lanes.deliver(message(10), of: first)?.isRedelivered == false)
    }

    @Test func aLaneThatIsGivenBackInOrderIsRecordedAsClean() throws {
        let lanes = open(mark: .clean)
        _ = lanes.deliver(message(10), of: first)
        for record in lanes.records { lanes.note(record) }
        let delivery = try #require(lanes.takeHeld(of: first).flatMap { lanes.deliver($0, of: first) })
        lanes.revoke()
        #expect(!lanes.isSettled)
        #expect(lanes.lastRecords(isLeaving: false).isEmpty, "its handler may hang: the mark stays")
        #expect(lanes.lastRecords(isLeaving: true).map(\.offset) == [KafkaOffset(partition: first, offset: 10, metadata: "clean")])
        #expect(lanes.settle(delivery.id) == .due && lanes.isSettled)
        #expect(lanes.lastRecords(isLeaving: false).map(\.offset) == [KafkaOffset(partition: first, offset: 11, metadata: "clean")])
    }

    @Test func doubtThatNobodyHasResolvedIsPassedOn() {
        let lanes = open(at: 10)
        #expect(lanes.lastRecords(isLeaving: true).isEmpty, "the mark of the owner that died stays")
    }

    @Test func positionsAdvanceToTheOldestDeliveryThatIsNotSettled() throws {
        let lanes = open()
        let deliveries = (10..<14).compactMap { lanes.deliver(message($0), of: first) }
        lanes.pass(20, of: first)
        for index in [2, 0] { #expect(lanes.settle(deliveries[index].id) != .late) }
        #expect(lanes.records.map(\.offset.offset) == [11])
        for index in [1, 3] { #expect(lanes.settle(deliveries[index].id) != .late) }
        #expect(lanes.records.map(\.offset.offset) == [21], "what is passed over is settled with what precedes it")
    }

    @Test func anEarlierPeriodSettlesNothing() throws {
        let lanes = open()
        let stale = try #require(lanes.deliver(message(10), of: first)),
            record = KafkaLanes.Record(
                partition: first, epoch: stale.id.epoch, through: 10, mark: .clean)
        lanes.release(wereLost: true)
        #expect(lanes.settle(stale.id) == .late)
        lanes.assign(first, offset: 10, mark: .open)
        #expect(lanes.settle(stale.id) == .late)
        lanes.note(record)
        #expect(lanes.deliver(message(10), of: first)?.id != stale.id)
        #expect(lanes.records.isEmpty)
    }

    @Test func aSlowLaneLeavesRoomToOthers() {
        let lanes = open(capacity: 8)
        lanes.assign(second, offset: 0, mark: .open)
        var count = 0
        while lanes.room(in: first) > 0, lanes.deliver(message(10 + Int64(count)), of: first) != nil { count += 1 }
        #expect(count == 2 && lanes.room(in: second) == 2 && lanes.room == 6)
        lanes.revoke()
        #expect(lanes.room(in: second) == 0)
    }

    @Test func noticesTellWhatHappens() {
        let lanes = open()
        lanes.assign(second, offset: 0, mark: .clean)
        #expect(lanes.takeNotices() == [.assigned(first.lane), .assigned(second.lane)])
        _ = lanes.deliver(message(10), of: first)
        lanes.revoke()
        #expect(Set(lanes.takeNotices()) == [.revoked(first.lane), .revoked(second.lane)])
        lanes.release()
        #expect(lanes.takeNotices() == [.lost(first.lane)], "a lane whose deliveries are settled was not lost")
    }

    @Test func aTopicThatWasCreatedAgainBeginsAnew() throws {
        let lanes = open(at: 100)
        let earlier = try #require(lanes.deliver(message(100), of: first))
        _ = lanes.takeNotices()
        #expect(lanes.deliver(message(0), of: first) == nil)
        #expect(lanes.takeNotices() == [.lost(first.lane), .assigned(first.lane)])
        #expect(lanes.settle(earlier.id) == .late)
        #expect(lanes.records.map(\.offset) == [KafkaOffset(partition: first, offset: 0, metadata: "open")])
    }

    @Test func theOldestDeliveryThatIsNotSettledHasTheAgeOfItsLane() throws {
        let lanes = open()
        let deliveries = (10..<13).compactMap { lanes.deliver(message($0, time: Double($0)), of: first) }
        #expect(lanes.oldest == [first.lane: Date(timeIntervalSince1970: 10)])
        _ = lanes.settle(deliveries[1].id)
        _ = lanes.settle(deliveries[0].id)
        #expect(lanes.oldest == [first.lane: Date(timeIntervalSince1970: 12)])
        _ = lanes.settle(deliveries[2].id)
        #expect(lanes.oldest.isEmpty)
    }

    @Test func aCommitWaitsForMoreSettlementsOnlyWhileNoLaneStandsStillForIt() throws {
        let lanes = open(capacity: 16)
        // A lane may have a quarter of the capacity, and half of that is worth a commit.
        let deliveries = (10..<14).compactMap { lanes.deliver(message($0), of: first) }
        #expect(lanes.room(in: first) == 0 && lanes.room == 12)
        _ = lanes.settle(deliveries[0].id)
        _ = lanes.settle(deliveries[0].id)
        #expect(!lanes.needsRecord, "it is the same settlement")
        _ = lanes.settle(deliveries[1].id)
        #expect(lanes.needsRecord)
        for record in lanes.records { lanes.note(record) }
        #expect(!lanes.needsRecord && lanes.room(in: first) == 2 && lanes.room == 14)
        for delivery in deliveries[2...] { _ = lanes.settle(delivery.id) }
        #expect(lanes.isSettled && lanes.needsRecord && lanes.room == 14, "what is not recorded takes up room")
        lanes.release()
        #expect(!lanes.needsRecord && lanes.room == 16)
    }

    @Test func theSettlementThatCanBeRecordedFirstIsDueAndNotTheFirstOne() throws {
        let lanes = open(capacity: 64)
        let deliveries = (10..<22).compactMap { lanes.deliver(message($0), of: first) }
        for delivery in deliveries[1...9] { #expect(lanes.settle(delivery.id) == .noted, "the oldest is not settled") }
        #expect(!lanes.needsRecord)
        #expect(lanes.settle(deliveries[0].id) == .due && lanes.needsRecord)
        for record in lanes.records { lanes.note(record) }
        #expect(lanes.settle(deliveries[10].id) == .due)
        #expect(lanes.settle(deliveries[11].id) == .noted, "it is recorded with the one before")
    }

    @Test func anEventThatIsHeldNeedsItsRecordAtOnce() {
        let lanes = open(mark: .clean)
        #expect(!lanes.needsRecord)
        _ = lanes.deliver(message(10), of: first)
        #expect(lanes.needsRecord)
        for record in lanes.records { lanes.note(record) }
        #expect(!lanes.needsRecord)
    }
}
