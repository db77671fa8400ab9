import NIOCore
import Testing

@testable import RoostHTTP

@Suite struct ConnectionTimeoutsTests {
    private let limits = HTTPLimits()

    private func at(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }

    @Test func eachWaitHasItsTime() {
        for (wait, seconds) in [(ConnectionTimeouts.Wait.request, Int64(75)), (.head, 10), (.body, 30), (.goodbye, 2)] {
            var timeouts = ConnectionTimeouts()
            #expect(timeouts.observe(wait, generation: 1, received: 0, now: at(100), limits: limits) == .proceed)
            #expect(timeouts.observe(wait, generation: 1, received: 0, now: at(99 + seconds), limits: limits) == .proceed)
            #expect(timeouts.observe(wait, generation: 1, received: 0, now: at(100 + seconds), limits: limits) != .proceed)
        }
    }

    @Test func handlersMayTakeTheirTime() {
        var timeouts = ConnectionTimeouts()
        #expect(timeouts.observe(.handler, generation: 1, received: 0, now: at(0), limits: limits) == .proceed)
        #expect(timeouts.observe(.handler, generation: 1, received: 0, now: at(100_000), limits: limits) == .proceed)
    }

    @Test func anotherRequestBeginsAnew() {
        var timeouts = ConnectionTimeouts()
        _ = timeouts.observe(.head, generation: 1, received: 0, now: at(0), limits: limits)
        #expect(timeouts.observe(.head, generation: 2, received: 0, now: at(11), limits: limits) == .proceed)
        #expect(timeouts.observe(.head, generation: 2, received: 0, now: at(21), limits: limits) != .proceed)
    }

    @Test func aBodyMustKeepItsRate() {
        var timeouts = ConnectionTimeouts()
        _ = timeouts.observe(.body, generation: 1, received: 0, now: at(0), limits: limits)
        #expect(timeouts.observe(.body, generation: 1, received: 240 * 30, now: at(30), limits: limits) == .proceed)
        #expect(timeouts.observe(.body, generation: 1, received: 240 * 30 + 7199, now: at(60), limits: limits) != .proceed)
    }

    /// The limit starts with the complete request, however long it took to arrive.
    @Test func aHandlersTimeMayBeLimited() {
        var limits = limits
        limits.responseTimeout = .seconds(5)
        var timeouts = ConnectionTimeouts()
        #expect(timeouts.observe(.body, generation: 1, received: 0, now: at(0), limits: limits) == .proceed)
        #expect(timeouts.observe(.handler, generation: 1, received: 9, now: at(20), limits: limits) == .proceed)
        #expect(timeouts.observe(.handler, generation: 1, received: 9, now: at(24), limits: limits) == .proceed)
        #expect(timeouts.observe(.handler, generation: 1, received: 9, now: at(25), limits: limits) == .overdue)
        #expect(timeouts.observe(.nothing, generation: 1, received: 9, now: at(1000), limits: limits) == .proceed)
    }

    @Test func aReaderMustKeepItsRate() {
        var timeouts = ConnectionTimeouts()
        for second in Int64(0)..<30 {
            #expect(timeouts.observeWriting(isPending: true, taken: Int(second), now: at(second), limits: limits) == .proceed)
        }
        #expect(timeouts.observeWriting(isPending: true, taken: 30, now: at(30), limits: limits) == .close)
        var other = ConnectionTimeouts()
        #expect(other.observeWriting(isPending: true, taken: 0, now: at(0), limits: limits) == .proceed)
        #expect(other.observeWriting(isPending: true, taken: 7200, now: at(30), limits: limits) == .proceed)
        #expect(other.observeWriting(isPending: true, taken: 14_400, now: at(60), limits: limits) == .proceed)
    }

    @Test func aStalledWriteCloses() {
        var timeouts = ConnectionTimeouts()
        #expect(timeouts.observeWriting(isPending: true, taken: 5, now: at(0), limits: limits) == .proceed)
        #expect(timeouts.observeWriting(isPending: true, taken: 7205, now: at(30), limits: limits) == .proceed)
        #expect(timeouts.observeWriting(isPending: true, taken: 7205, now: at(59), limits: limits) == .proceed)
        #expect(timeouts.observeWriting(isPending: true, taken: 7205, now: at(60), limits: limits) == .close)
        #expect(timeouts.observeWriting(isPending: false, taken: 6, now: at(100), limits: limits) == .proceed)
    }
}
