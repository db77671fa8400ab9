import Testing

@testable import RoostEvents

@Suite struct DeliveryWindowTests {
    private func delivery(_ position: Int64, _ key: String) -> EventDelivery {
        EventDelivery(position: position, envelope: EventEnvelope(source: "", topic: "t", key: key, data: []))
    }

    private func startAll(_ window: inout DeliveryWindow) -> [EventDelivery] {
        var started: [EventDelivery] = []
        while let next = window.start() { started.append(next) }
        return started
    }

    @Test func oneKeyIsHandledInOrderAndOthersBesideIt() {
        var window = DeliveryWindow(capacity: 10, concurrency: 10)
        let first = delivery(1, "a"), second = delivery(2, "a"), other = delivery(3, "b")
        window.add([first, second, other])
        #expect(startAll(&window) == [first, other])
        window.settle(other)
        #expect(startAll(&window).isEmpty)
        window.settle(first)
        #expect(startAll(&window) == [second])
    }

    @Test func onlyWhatIsSettledWithoutAGapIsCommitted() {
        var window = DeliveryWindow(capacity: 10, concurrency: 10)
        let deliveries = [delivery(5, "a"), delivery(7, "b"), delivery(8, "c")]
        window.add(deliveries)
        _ = startAll(&window)
        window.settle(deliveries[1])
        #expect(window.committable == nil)
        window.settle(deliveries[0])
        #expect(window.committable == 7)
        window.commit(through: 7)
        #expect(window.committable == nil)
        window.settle(deliveries[2])
        #expect(window.committable == 8)
    }

    @Test func roomAndConcurrencyAreBounded() {
        var window = DeliveryWindow(capacity: 3, concurrency: 2)
        window.add([delivery(1, "a"), delivery(2, "b"), delivery(3, "c")])
        #expect(window.room == 0)
        let started = startAll(&window)
        #expect(started.map(\.position) == [1, 2])
        window.settle(started[1])
        #expect(window.room == 0)
        window.settle(started[0])
        #expect(window.room == 2)
        #expect(startAll(&window).map(\.position) == [3])
    }
}
