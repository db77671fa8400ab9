import Foundation
import Testing

@testable import Orders

/// Which calls of one account count as concurrent.
@Suite struct OrderBurstsTests {
    private let bursts = OrderBursts(), account = UUID(), order = UUID(), end = ContinuousClock.now

    /// The order that a call is told of that arrives some time after the others have ended.
    private func order(after pause: Duration) -> UUID? { bursts.order(by: account, beside: end + pause) }

    @Test func aCallBelongsToASingleOneForTheTimeOfADoubleClick() {
        bursts.begin(by: account)
        bursts.note(order, by: account)
        #expect(bursts.order(by: account) == order)
        bursts.end(by: account, at: end)
        #expect(order(after: .milliseconds(100)) == order && order(after: .milliseconds(101)) == nil)
        #expect(bursts.order(by: UUID(), beside: end) == nil)
    }

    @Test func aCallBelongsToABurstOfSeveralForLonger() {
        for _ in 1...2 { bursts.begin(by: account) }
        bursts.note(order, by: account)
        bursts.end(by: account, at: end - .seconds(1))
        #expect(bursts.window(of: account) == .milliseconds(500))
        bursts.end(by: account, at: end)
        #expect(order(after: .milliseconds(500)) == order && order(after: .milliseconds(501)) == nil)
    }

    @Test func aSingleCallDoesNotCutTheTimeOfABurstShort() {
        for _ in 1...2 { bursts.begin(by: account) }
        bursts.note(order, by: account)
        for _ in 1...2 { bursts.end(by: account, at: end) }
        bursts.begin(by: account)
        bursts.note(order, by: account)
        bursts.end(by: account, at: end + .milliseconds(50))
        #expect(order(after: .milliseconds(500)) == order && order(after: .milliseconds(501)) == nil)
    }

    @Test func aBurstWithoutAnOrderLeavesNothing() {
        for _ in 1...2 { bursts.begin(by: account) }
        for _ in 1...2 { bursts.end(by: account, at: end) }
        #expect(order(after: .zero) == nil)
    }
}
