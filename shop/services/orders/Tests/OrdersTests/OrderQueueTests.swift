import Foundation
import Testing

@testable import Orders

@Suite struct OrderQueueTests {
    private let start = ContinuousClock.now

    @Test func ordersAreTakenInTheirOrderUpToTheWidth() {
        let queue = TestedQueue(width: 2, capacity: 10)
        let ids = (0..<3).map { _ in UUID() }
        for id in ids { #expect(queue.add(id)) }
        #expect(queue.add(ids[0]))
        #expect(queue.next(at: start) == ids[0] && queue.next(at: start) == ids[1] && queue.next(at: start) == nil)
        queue.finished(ids[0])
        #expect(queue.next(at: start) == ids[2] && queue.count == 2)
    }

    @Test func anOrderThatWaitsHoldsNoPlace() {
        let queue = TestedQueue(width: 1, capacity: 10)
        let poor = UUID(), good = UUID()
        _ = (queue.add(poor), queue.add(good))
        #expect(queue.next(at: start) == poor && queue.next(at: start) == nil)
        #expect(queue.failed(poor, at: start) == 1)
        #expect(queue.next(at: start) == good)
    }

    @Test func anOrderThatFailedComesBackAfterEachPause() throws {
        let queue = TestedQueue(width: 4, capacity: 10)
        let id = UUID()
        _ = queue.add(id)
        var now = start
        for (index, pause) in (OrderQueue.pauses + [.seconds(5), .seconds(5)]).enumerated() {
            #expect(queue.next(at: now) == id)
            #expect(queue.failed(id, at: now) == index + 1)
            #expect(queue.nextEnd == now + pause)
            #expect(queue.next(at: now + pause - .milliseconds(1)) == nil)
            now += pause
        }
        #expect(queue.next(at: now) == id)
        queue.progressed(id)
        #expect(queue.failed(id, at: now) == 1)
    }

    @Test func thoseThatComeBackLeaveHalfOfThePlacesToNewOnes() {
        let queue = TestedQueue(width: 4, capacity: 100)
        let failing = (0..<20).map { _ in UUID() }
        for id in failing {
            _ = queue.add(id)
            #expect(queue.next(at: start) == id)
            _ = queue.failed(id, at: start)
        }
        let now = start + .seconds(1), new = (0..<3).map { _ in UUID() }
        for id in new { _ = queue.add(id) }
        let taken = (0..<4).compactMap { _ in queue.next(at: now) }
        #expect(taken == Array(failing[..<2]) + new[..<2] && queue.next(at: now) == nil)
        // Whoever leaves makes room for its own kind.
        _ = queue.failed(taken[0], at: now)
        #expect(queue.next(at: now) == failing[2])
        queue.progressed(taken[1])
        queue.finished(taken[1])
        #expect(queue.next(at: now) == failing[3])
        queue.finished(new[0])
        #expect(queue.next(at: now) == new[2])
    }

    @Test func whatIsAddedWhileItWaitsIsReadyAtOnce() {
        let queue = TestedQueue(width: 4, capacity: 10)
        let id = UUID()
        _ = (queue.add(id), queue.next(at: start))
        _ = queue.failed(id, at: start)
        #expect(queue.next(at: start) == nil)
        _ = queue.add(id)
        #expect(queue.next(at: start) == id)
        // Added while it is worked on, it is looked at once more if that fails.
        _ = queue.add(id)
        #expect(queue.failed(id, at: start) == 2)
        #expect(queue.next(at: start) == id)
        queue.finished(id)
        #expect(queue.next(at: start + .seconds(60)) == nil && queue.count == 0 && queue.nextEnd == nil)
    }

    @Test func aFullQueueTakesNoMore() {
        let queue = TestedQueue(width: 1, capacity: 2)
        let ids = (0..<3).map { _ in UUID() }
        #expect(ids.map { queue.add($0) } == [true, true, false])
        #expect(queue.next(at: start) == ids[0])
        queue.finished(ids[0])
        #expect(queue.add(ids[2]))
    }
}

/// A queue whose calls may stand in an expectation, which takes none that change a value.
private final class TestedQueue {
    private var queue: OrderQueue

    init(width: Int, capacity: Int) { queue = OrderQueue(width: width, capacity: capacity) }

    var count: Int { queue.count }
    var nextEnd: ContinuousClock.Instant? { queue.nextEnd }
    func add(_ id: UUID) -> Bool { queue.add(id) }
    func next(at now: ContinuousClock.Instant) -> UUID? { queue.next(at: now) }
    func failed(_ id: UUID, at now: ContinuousClock.Instant) -> Int { queue.failed(id, at: now) }
    func progressed(_ id: UUID) { queue.progressed(id) }
    func finished(_ id: UUID) { queue.finished(id) }
}
