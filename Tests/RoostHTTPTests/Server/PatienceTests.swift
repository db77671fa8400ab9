import NIOCore
import Testing

@testable import RoostHTTP

@Suite struct PatienceTests {
    private let limits = HTTPLimits()

    private func at(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }

    @Test func eachWaitHasItsTime() {
        for (wait, seconds) in [(Patience.Wait.request, Int64(75)), (.head, 10), (.body, 30), (.goodbye, 2)] {
            var patience = Patience()
            #expect(patience.observe(wait, generation: 1, received: 0, now: at(100), limits: limits) == .goOn)
            #expect(patience.observe(wait, generation: 1, received: 0, now: at(99 + seconds), limits: limits) == .goOn)
            #expect(patience.observe(wait, generation: 1, received: 0, now: at(100 + seconds), limits: limits) != .goOn)
        }
    }

    @Test func handlersMayTakeTheirTime() {
        var patience = Patience()
        #expect(patience.observe(.handler, generation: 1, received: 0, now: at(0), limits: limits) == .goOn)
        #expect(patience.observe(.handler, generation: 1, received: 0, now: at(100_000), limits: limits) == .goOn)
    }

    @Test func anotherRequestBeginsAnew() {
        var patience = Patience()
        _ = patience.observe(.head, generation: 1, received: 0, now: at(0), limits: limits)
        #expect(patience.observe(.head, generation: 2, received: 0, now: at(11), limits: limits) == .goOn)
        #expect(patience.observe(.head, generation: 2, received: 0, now: at(21), limits: limits) != .goOn)
    }

    @Test func aBodyMustKeepItsRate() {
        var patience = Patience()
        _ = patience.observe(.body, generation: 1, received: 0, now: at(0), limits: limits)
        #expect(patience.observe(.body, generation: 1, received: 240 * 30, now: at(30), limits: limits) == .goOn)
        #expect(patience.observe(.body, generation: 1, received: 240 * 30 + 7199, now: at(60), limits: limits) != .goOn)
    }

    /// The limit starts with the complete request, however long it took to arrive.
    @Test func aHandlersTimeMayBeLimited() {
        var limits = limits
        limits.answerTimeout = .seconds(5)
        var patience = Patience()
        #expect(patience.observe(.body, generation: 1, received: 0, now: at(0), limits: limits) == .goOn)
        #expect(patience.observe(.handler, generation: 1, received: 9, now: at(20), limits: limits) == .goOn)
        #expect(patience.observe(.handler, generation: 1, received: 9, now: at(24), limits: limits) == .goOn)
        #expect(patience.observe(.handler, generation: 1, received: 9, now: at(25), limits: limits) == .overdue)
        #expect(patience.observe(.nothing, generation: 1, received: 9, now: at(1000), limits: limits) == .goOn)
    }

    @Test func aReaderMustKeepItsRate() {
        var patience = Patience()
        for second in Int64(0)..<30 {
            #expect(patience.observeWriting(isPending: true, taken: Int(second), now: at(second), limits: limits) == .goOn)
        }
        #expect(patience.observeWriting(isPending: true, taken: 30, now: at(30), limits: limits) == .close)
        var other = Patience()
        #expect(other.observeWriting(isPending: true, taken: 0, now: at(0), limits: limits) == .goOn)
        #expect(other.observeWriting(isPending: true, taken: 7200, now: at(30), limits: limits) == .goOn)
        #expect(other.observeWriting(isPending: true, taken: 14_400, now: at(60), limits: limits) == .goOn)
    }

    @Test func aStalledWriteCloses() {
        var patience = Patience()
        #expect(patience.observeWriting(isPending: true, taken: 5, now: at(0), limits: limits) == .goOn)
        #expect(patience.observeWriting(isPending: true, taken: 7205, now: at(30), limits: limits) == .goOn)
        #expect(patience.observeWriting(isPending: true, taken: 7205, now: at(59), limits: limits) == .goOn)
        #expect(patience.observeWriting(isPending: true, taken: 7205, now: at(60), limits: limits) == .close)
        #expect(patience.observeWriting(isPending: false, taken: 6, now: at(100), limits: limits) == .goOn)
    }
}
