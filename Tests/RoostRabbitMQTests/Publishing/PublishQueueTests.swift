import NIOCore
import NIOEmbedded
import Roost
import Testing

@testable import RoostRabbitMQ

@Suite struct PublishQueueTests {
    private let loop = EmbeddedEventLoop()

    /// What became of a batch.
    private final class Fate {
        var result: Result<Void, any Error>?

        var isDone: Bool { if case .success = result { true } else { false } }
        var error: (any Error)? { if case .failure(let error) = result { error } else { nil } }
    }

    private func add(_ ids: [String], to queue: inout PublishQueue, by deadline: NIODeadline = .distantFuture) -> Fate {
        let fate = Fate(), promise = loop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { fate.result = $0 }
        let messages = ids.map {
            OutgoingMessage(exchange: "e", key: "polls.voted.1", properties: AMQPProperties(messageID: $0), body: [1])
        }
        let isAdded1 = queue.add(messages, by: deadline, promise)
        #expect(isAdded1)
        return fate
    }

    private func sent(_ queue: inout PublishQueue) -> [String] {
        var ids: [String] = []
        while let message = queue.next() { ids.append(message.properties.messageID ?? "") }
        return ids
    }

    @Test func aBatchEndsWithItsLastConfirmation() {
        var queue = PublishQueue()
        let fate = add(["a", "b"], to: &queue)
        let sent2 = sent(&queue)
        #expect(sent2 == ["a", "b"])
        queue.confirm(AMQPConfirmation(tag: 2, isMultiple: false, isTaken: true))
        #expect(fate.result == nil)
        queue.confirm(AMQPConfirmation(tag: 1, isMultiple: false, isTaken: true))
        #expect(fate.isDone && queue.isEmpty)
    }

    @Test func whatTheServerDoesNotTakeFailsItsBatchAlone() {
        var queue = PublishQueue()
        let first = add(["a"], to: &queue), second = add(["b"], to: &queue)
        _ = sent(&queue)
        queue.confirm(AMQPConfirmation(tag: 1, isMultiple: false, isTaken: false))
        queue.confirm(AMQPConfirmation(tag: 2, isMultiple: false, isTaken: true))
        #expect(first.error.map { FailureKind(of: $0) } == .transient && second.isDone)
    }

    @Test func whatComesBackBecauseNoQueueGetsItIsNotDoneByItsConfirmation() {
        var queue = PublishQueue()
        let fate = add(["a", "b"], to: &queue)
        _ = sent(&queue)
        queue.refuse("b")
        queue.confirm(AMQPConfirmation(tag: 2, isMultiple: true, isTaken: true))
        #expect(fate.error.map { FailureKind(of: $0) } == .transient && queue.isEmpty)
    }

    @Test func whatAConnectionHasLostIsPublishedAgainInOrderUnderTheSameIdentifiers() {
        var queue = PublishQueue()
        let fate = add(["a", "b", "c"], to: &queue)
        _ = queue.next()
        _ = queue.next()
        queue.confirm(AMQPConfirmation(tag: 1, isMultiple: false, isTaken: true))
        queue.restart()
        let sent3 = sent(&queue)
        #expect(sent3 == ["b", "c"])
        // A new channel counts from one.
        queue.confirm(AMQPConfirmation(tag: 2, isMultiple: true, isTaken: true))
        #expect(fate.isDone)
    }

    @Test func anEventThatClosesTheChannelIsFoundAndTheOthersArePublished() {
        var queue = PublishQueue()
        let reason = AMQPMethod.Reason(code: 406, text: "PRECONDITION_FAILED - message size 9 is larger than configured max size 8")
        let first = add(["a"], to: &queue), second = add(["b"], to: &queue), third = add(["c"], to: &queue)
        let sent4 = sent(&queue)
        #expect(sent4 == ["a", "b", "c"])
        queue.restart(because: reason)
        // One at a time.
        let sent5 = sent(&queue)
        #expect(sent5 == ["a"])
        queue.confirm(AMQPConfirmation(tag: 1, isMultiple: false, isTaken: true))
        let sent6 = sent(&queue)
        #expect(first.isDone && sent6 == ["b"])
        queue.restart(because: reason)
        #expect(second.error.map { FailureKind(of: $0) } == .permanent)
        #expect(second.error.map { "\($0)".contains("max size 8") } == true)
        let sent7 = sent(&queue)
        #expect(sent7 == ["c"])
        queue.confirm(AMQPConfirmation(tag: 1, isMultiple: false, isTaken: true))
        #expect(third.isDone && queue.isEmpty)
    }

    @Test func whatIsOverdueIsGivenUpAndNotSent() {
        var queue = PublishQueue()
        let late = add(["a"], to: &queue, by: .uptimeNanoseconds(1)), other = add(["b"], to: &queue)
        queue.expire(at: .uptimeNanoseconds(1), TransportError(.timedOut, "late"))
        #expect(late.error != nil && other.result == nil)
        let sent8 = sent(&queue)
        #expect(sent8 == ["b"])
    }

    @Test func thereIsALimitToWhatWaits() {
        var queue = PublishQueue()
        _ = add(Array(repeating: "a", count: PublishQueue.mostItems), to: &queue)
        let promise = loop.makePromise(of: Void.self)
        let message = OutgoingMessage(exchange: "e", key: "k", properties: AMQPProperties(), body: [1])
        let isAdded9 = queue.add([message], by: .distantFuture, promise)
        #expect(!isAdded9)
        promise.succeed()
        queue.fail(TransportError(.unavailable, "closed"))
        #expect(queue.isEmpty)
        let fate = add(["b"], to: &queue)
        let sent10 = sent(&queue)
        #expect(sent10 == ["b"] && fate.result == nil)
        queue.fail(TransportError(.unavailable, "closed"))
    }
}
