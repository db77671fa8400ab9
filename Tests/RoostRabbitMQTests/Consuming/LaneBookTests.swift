import Foundation
import NIOCore
import RoostEvents
import Testing

@testable import RoostRabbitMQ

@Suite struct LaneBookTests {
    private func book(_ capacity: Int = 256) -> LaneBook {
        LaneBook(GroupMembership("g", topics: ["polls.voted"], capacity: capacity))
    }

    private func message(_ tag: UInt64, _ topic: String = "polls.voted", isRedelivered: Bool = false) -> LaneMessage {
        let envelope = EventEnvelope(id: "\(tag)", source: "polls", topic: topic, key: "k", data: Array("{}".utf8))
        let outgoing = OutgoingMessage(envelope, to: "e")
        return LaneMessage(
            AMQPDelivery(
                tag: tag, isRedelivered: isRedelivered, key: outgoing.key,
                message: AMQPMessage(
                    properties: outgoing.properties, body: ByteBuffer(bytes: outgoing.body), size: UInt64(outgoing.body.count))
            ))
    }

    private func deliveries(_ events: [BusEvent]) -> [Delivery] {
        events.compactMap { if case .delivered(let delivery) = $0 { delivery } else { nil } }
    }

    @Test func acknowledgementsFollowTheOldestThatIsNotSettled() {
        var book = self.book()
        book.open(2)
        for tag in 1...3 { book.receive(message(UInt64(tag)), of: 2) }
        let events = book.take(), all = deliveries(events)
        #expect(events.first == .assigned(Lane("2")) && all.map(\.envelope.id) == ["1", "2", "3"])
        _ = book.settle(all[1].id)
        let none = book.acknowledgements()
        #expect(none.isEmpty)
        _ = book.settle(all[0].id)
        let acknowledged = book.acknowledgements()
        #expect(acknowledged.map(\.through) == [2] && acknowledged.map(\.lane) == [2])
        let again = book.acknowledgements()
        #expect(again.isEmpty)
    }

    @Test func aSettledDeliveryOfAnEarlierChannelIsNotOneOfTheNext() {
        var book = self.book()
        book.open(0)
        book.receive(message(1), of: 0)
        let early = deliveries(book.take())
        book.close(0)
        book.open(0)
        book.receive(message(1, isRedelivered: true), of: 0)
        let late = deliveries(book.take())
        #expect(late.map(\.isRedelivered) == [true])
        _ = book.settle(early[0].id)
        let none = book.acknowledgements()
        #expect(none.isEmpty)
        _ = book.settle(late[0].id)
        let acknowledged = book.acknowledgements()
        #expect(acknowledged.map(\.through) == [1])
    }

    @Test func aLaneIsGivenUpOnceAllThatHasComeIsSettledAndNothingIsAcknowledgedMeanwhile() {
        var book = self.book()
        book.open(1)
        book.receive(message(1), of: 1)
        let first = deliveries(book.take())
        book.receive(message(2), of: 1)
        let isDoneAtOnce = book.release(1)
        #expect(!isDoneAtOnce)
        let rest = deliveries(book.take())
        #expect(rest.map(\.envelope.id) == ["2"])
        let closable = book.settle(first[0].id)
        #expect(closable == nil)
        let none = book.acknowledgements()
        #expect(none.isEmpty)
        let closed = book.settle(rest[0].id)
        #expect(closed == 1)
        book.close(1)
        let afterwards = book.take()
        #expect(afterwards == [.revoked(Lane("1"))], "nothing of the lane comes after this")
    }

    @Test func anIdleLaneIsGivenUpAtOnce() {
        var book = self.book()
        book.open(1)
        let isDone = book.release(1)
        #expect(isDone)
        book.close(1)
        let afterwards = book.take()
        #expect(afterwards.isEmpty)
    }

    @Test func aLostLaneIsToldAndItsWaitingDeliveriesAreForgotten() {
        var book = self.book(1)
        book.open(1)
        book.receive(message(1), of: 1)
        book.receive(message(2), of: 1)
        let first = deliveries(book.take())
        #expect(first.count == 1)
        book.close(1)
        let notices = book.take()
        #expect(notices == [.lost(Lane("1"))])
        book.open(3)
        book.receive(message(1), of: 3)
        let next = deliveries(book.take())
        #expect(next.count == 1, "there is room again")
    }

    @Test func noMoreIsHandedOutThanTheCapacity() {
        var book = self.book(2)
        for lane in 0..<4 {
            book.open(lane)
            book.receive(message(1), of: lane)
        }
        let first = deliveries(book.take())
        let more = deliveries(book.take())
        #expect(first.count == 2 && more.isEmpty && !book.hasNews)
        _ = book.settle(first[0].id)
        // Twice is once.
        _ = book.settle(first[0].id)
        #expect(book.hasNews)
        let next = deliveries(book.take())
        #expect(next.count == 1)
    }

    @Test func anEventOfAnotherTopicIsSettledAtOnceInItsOrder() {
        var book = self.book()
        book.open(0)
        book.receive(message(1), of: 0)
        book.receive(message(2, "polls.closed"), of: 0)
        let all = deliveries(book.take())
        let none = book.acknowledgements()
        #expect(all.count == 1 && none.isEmpty)
        _ = book.settle(all[0].id)
        let acknowledged = book.acknowledgements()
        #expect(acknowledged.map(\.through) == [2])
    }

    @Test func agesAreThoseOfTheOldestUnsettledDeliveryOfEachLane() {
        var book = self.book()
        book.open(0)
        book.open(1)
        book.receive(message(1), of: 0)
        book.receive(message(2), of: 0)
        let all = deliveries(book.take()), later = Date(timeIntervalSinceNow: 100)
        #expect(Set(book.ages(at: later).keys) == [Lane("0")])
        #expect(book.ages(at: later).values.allSatisfy { $0 > .seconds(90) })
        for delivery in all { _ = book.settle(delivery.id) }
        #expect(book.ages(at: later).isEmpty)
    }
}
