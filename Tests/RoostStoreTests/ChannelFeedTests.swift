import RoostStore
import Testing

@Suite("The buffer of a subscription", .timeLimit(.minutes(5))) struct ChannelFeedTests {
    private let feed = ChannelFeed {}
    private static let message = [UInt8](repeating: 1, count: StoreLimits.messageBytes)

    /// Sends until messages are lost.
    private func overflow() {
        for _ in 0..<20 { feed.send(Self.message) }
    }

    @Test func aGapIsFoundEvenIfNothingFollowsIt() async throws {
        overflow()
        var events = ChannelSubscription(feed).makeAsyncIterator(), messages = 0
        while try await events.next() == .message(Self.message) { messages += 1 }
        #expect(messages > 0 && messages < 20)
        feed.send([2])
        #expect(try await events.next() == .message([2]))
    }

    @Test func aGapThatIsReportedWhileTheBufferIsFullIsFound() async throws {
        overflow()
        feed.reportGap()
        feed.finish()
        var gaps = 0
        for try await event in ChannelSubscription(feed) where event == .gap { gaps += 1 }
        #expect(gaps == 1)
    }

    @Test func whatIsLostAfterAGapWasReadIsAnotherGap() async throws {
        var events = ChannelSubscription(feed).makeAsyncIterator()
        for _ in 0..<3 {
            feed.reportGap()
            feed.reportGap()
            #expect(try await events.next() == .gap)
        }
        feed.send([1])
        #expect(try await events.next() == .message([1]))
    }
}
