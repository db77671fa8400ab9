import Roost
import RoostEvents
import Testing

@testable import RoostEventsService

/// Which events are fetched together, and what may be settled.
@Suite struct MailboxTests {
    private let one = Lane("1"), two = Lane("2")

    private func delivery(_ position: Int64, in lane: Lane, epoch: Int64 = 1, size: Int = 2) -> Delivery {
        Delivery(
            id: DeliveryID(lane: lane, epoch: epoch, position: position),
            envelope: EventEnvelope(source: "s", topic: "t", key: "k", data: Array(repeating: 0x30, count: size)))
    }

    @Test func nothingIsNoBatch() {
        var mailbox = Mailbox()
        let batch1 = mailbox.take()
        #expect(batch1 == nil && mailbox.isSettled)
    }

    @Test func whatIsFetchedCanBeSettledOnce() {
        var mailbox = Mailbox()
        let first = delivery(1, in: one), later = delivery(2, in: one)
        mailbox.add([.assigned(one), .delivered(first)])
        let isEarly = mailbox.isUnsettled(first.id)
        #expect(!isEarly, "a delivery that was not fetched")
        let batch2 = mailbox.take()
        #expect(batch2 == Mailbox.Batch(assigned: [one], deliveries: [first]))
        mailbox.add([.delivered(later)])
        #expect(!mailbox.isSettled)
        let isFirst = mailbox.isUnsettled(first.id)
        mailbox.settle(first.id)
        let isSecond = mailbox.isUnsettled(first.id)
        #expect(isFirst && !isSecond && mailbox.isSettled)
    }

    @Test func aLostLaneIsForgotten() {
        var mailbox = Mailbox()
        let fetched = delivery(1, in: one), waiting = delivery(2, in: one), other = delivery(1, in: two)
        mailbox.add([.delivered(fetched)])
        _ = mailbox.take()
        mailbox.add([.delivered(waiting), .delivered(other), .revoked(one), .lost(one)])
        let batch3 = mailbox.take()
        #expect(batch3 == Mailbox.Batch(lost: [one], deliveries: [other]))
        let isSettled = mailbox.isUnsettled(fetched.id)
        #expect(!isSettled)
    }

    @Test func aLaneThatComesBackIsFetchedAfterItsEnd() {
        var mailbox = Mailbox()
        let old = delivery(1, in: one), new = delivery(2, in: one, epoch: 2)
        mailbox.add([.delivered(old), .revoked(one), .assigned(one), .delivered(new)])
        let batch4 = mailbox.take()
        #expect(batch4 == Mailbox.Batch(deliveries: [old], revoked: [one]))
        let batch5 = mailbox.take()
        #expect(batch5 == Mailbox.Batch(assigned: [one], deliveries: [new]))
        mailbox.add([.lost(one), .assigned(one)])
        let batch6 = mailbox.take()
        #expect(batch6 == Mailbox.Batch(lost: [one], assigned: [one]))
    }

    @Test func aBatchHasALimitedSize() {
        var mailbox = Mailbox()
        let large = (1...3).map { delivery($0, in: one, size: Mailbox.batchSize / 2) },
            huge = delivery(4, in: one, size: Mailbox.batchSize + 1)
        mailbox.add((large + [huge]).map { .delivered($0) })
        let batch7 = mailbox.take()
        #expect(batch7?.deliveries == Array(large.prefix(2)))
        let batch8 = mailbox.take()
        #expect(batch8?.deliveries == [large[2]])
        let batch9 = mailbox.take()
        #expect(batch9?.deliveries == [huge])
    }

    @Test(arguments: ["1.2.3", "-7.0.roost.orders.4", "9223372036854775807.1.a lane"]) func identifiersAreReadAsTheyAreWritten(text: String)
    {
        #expect(DeliveryID(text: text)?.text == text)
    }

    @Test(arguments: ["", "1", "1.2", "1.2.", "a.2.3", "1.b.3", "9223372036854775808.1.2"]) func otherTextsAreNoIdentifiers(text: String) {
        #expect(DeliveryID(text: text) == nil)
    }
}
