import Testing

@testable import RoostEvents

@Suite struct DeliveryWindowTests {
    private func delivery(_ position: Int64, _ key: String, lane: String = "1") -> Delivery {
        Delivery(
            id: DeliveryID(lane: Lane(lane), epoch: 1, position: position),
            envelope: EventEnvelope(id: "\(position)", source: "", topic: "t", key: key, data: []))
    }

    private func startAll(_ window: inout DeliveryWindow) -> [Int64] {
        var started: [Int64] = []
        while let next = window.start() { started.append(next.id.position) }
        return started
    }

    @Test func oneKeyIsHandledInOrderAndOthersBesideIt() {
        var window = DeliveryWindow(concurrency: 10)
        let first = delivery(1, "a"), second = delivery(2, "a"), other = delivery(3, "b")
        for delivery in [first, second, other] { window.take(.delivered(delivery)) }
        #expect(startAll(&window) == [1, 3])
        window.end(other)
        #expect(startAll(&window).isEmpty)
        window.end(first)
        #expect(startAll(&window) == [2])
        window.end(second)
        #expect(!window.isActive)
    }

    @Test func noMoreAreStartedThanTheConcurrency() {
        var window = DeliveryWindow(concurrency: 2)
        let deliveries = (1...4).map { delivery(Int64($0), "\($0)") }
        for delivery in deliveries { window.take(.delivered(delivery)) }
        #expect(startAll(&window) == [1, 2])
        window.end(deliveries[1])
        #expect(startAll(&window) == [3])
    }

    @Test func whatWaitsInALostLaneIsForgottenAndNothingElse() {
        var window = DeliveryWindow(concurrency: 1)
        let running = delivery(1, "a"), behind = delivery(2, "a"), waiting = delivery(3, "b"), other = delivery(4, "c", lane: "2")
        for delivery in [running, behind, waiting, other] { window.take(.delivered(delivery)) }
        #expect(startAll(&window) == [1])
        window.take(.lost(Lane("1")))
        window.end(running)
        #expect(startAll(&window) == [4])
        window.end(other)
        #expect(startAll(&window).isEmpty && !window.isActive)
        // The lane comes back.
        window.take(.delivered(behind))
        #expect(startAll(&window) == [2])
    }
}
