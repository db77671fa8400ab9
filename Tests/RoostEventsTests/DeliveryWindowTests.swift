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

    @Test func retriesAndDeliveriesOfAKeyTakeTurns() {
        var window = DeliveryWindow(capacity: 10, concurrency: 10)
        let first = delivery(1, "a"), second = delivery(2, "a"), third = delivery(3, "a")
        window.add([first, second, third])
        #expect(startAll(&window) == [first])
        window.wantRetry(of: "a")
        #expect(window.startRetry() == nil)
        window.settle(first)
        #expect(startAll(&window).isEmpty)
        #expect(window.startRetry() == "a")
        window.wantRetry(of: "a")
        window.settleRetry(of: "a")
        #expect(startAll(&window) == [second])
        window.settle(second)
        #expect(window.startRetry() == "a")
        window.settleRetry(of: "a")
        #expect(startAll(&window) == [third])
        window.settle(third)
        window.wantRetry(of: "a")
        #expect(window.startRetry() == "a")
        #expect(window.room == 10)
    }

    @Test func retriesLeaveHalfOfTheConcurrency() {
        var window = DeliveryWindow(capacity: 10, concurrency: 4)
        for key in ["a", "b", "c"] { window.wantRetry(of: key) }
        window.add([delivery(1, "d"), delivery(2, "e"), delivery(3, "f")])
        #expect([window.startRetry(), window.startRetry(), window.startRetry()] == ["a", "b", nil])
        #expect(startAll(&window).map(\.position) == [1, 2])
        window.settleRetry(of: "a")
        #expect(window.startRetry() == "c")
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
