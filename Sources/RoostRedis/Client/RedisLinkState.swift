import NIOCore
import Roost

/// The state of a link. It is used on the link's event loop only.
final class RedisLinkState {
    /// What the link does after a change.
    enum Step {
        case none
        case connect
        case connectLater(Duration)
    }

    private enum State {
        case idle
        case connecting
        case open(RedisChannelHandler)
        case closed
    }

    /// The pauses before a server that cannot be reached is tried again.
    static let backoff = Backoff(first: .milliseconds(50), longest: .seconds(1))
    /// The most requests that wait for a connection.
    static let mostRequests = 10_000

    private let hooks: RedisLinkHooks
    private var state = State.idle
    private var waiting = CircularBuffer<RedisRequest>()
    private var failures = FailureStreak(RedisLinkState.backoff)
    private var retryAt = NIODeadline.uptimeNanoseconds(0)
    private var failure = RedisError.unreachable("there is no connection")
    private var isKept = false
    private var openedAt = NIODeadline.uptimeNanoseconds(0)
    /// The number of requests that the connection had answered when it was opened: those of the handshake.
    private var answeredBefore = 0
    /// What waits for the end of the last connection.
    private var endings: [EventLoopPromise<Void>] = []
    private var isEnding = false

    /// The open connection.
    var open: RedisChannelHandler? { if case .open(let handler) = state { handler } else { nil } }

    init(_ hooks: RedisLinkHooks) { self.hooks = hooks }

    func take(_ request: RedisRequest) -> Step {
        switch state {
        case .open(let handler):
            handler.send(request)
            return .none
        case .closed: request.done(.failure(.unreachable("the store is closed")))
        case .connecting where waiting.count < Self.mostRequests: waiting.append(request)
        case .connecting: request.done(.failure(.unreachable("too many commands wait for the connection")))
        // Soon after an attempt that failed, nobody waits for another one.
        case .idle where retryAt > .now(): request.done(.failure(failure))
        case .idle:
            waiting.append(request)
            state = .connecting
            return .connect
        }
        return .none
    }

    func keepOpen() -> Step {
        isKept = true
        return connectAgain()
    }

    func connectAgain() -> Step {
        guard case .idle = state else { return .none }
        state = .connecting
        return .connect
    }

    func opened(_ handler: RedisChannelHandler) -> Step {
        if case .closed = state {
            handler.close("the store is closed")
            return .none
        }
        state = .open(handler)
        openedAt = .now()
        answeredBefore = handler.answered
        handler.onPush = hooks.onPush
        hooks.onOpen(handler)
        let now = NIODeadline.now()
        while let request = waiting.popFirst() {
            if request.deadline > now {
                handler.send(request)
            } else {
                request.done(.failure(.unreachable("no connection was available in time")))
            }
        }
        return .none
    }

    func failed(_ error: RedisError) -> Step {
        guard case .connecting = state else { return .none }
        state = .idle
        failure = error
        let pause = failures.fail()
        retryAt = .now() + TimeAmount(pause)
        failAll(error)
        return isKept ? .connectLater(pause) : .none
    }

    func lost(_ end: RedisChannelHandler.End) -> Step {
        let isClosed = if case .closed = state { true } else { false }
        if let open, open.answered > answeredBefore { failures.succeed() }
        if !isClosed { state = .idle }
        hooks.onLoss()
        for var request in end.unanswered {
            if request.isRepeatable, !isClosed {
                request.isRepeatable = false
                waiting.append(request)
            } else {
                request.done(.failure(.unreachable(end.reason)))
            }
        }
        guard !isClosed else { return .none }
        let uptime = NIODeadline.now() - openedAt
        let pause = failures.fail(afterRunning: .nanoseconds(uptime.nanoseconds))
        if failures.count > 1 {
            // Connections that end before they have answered anything must not be opened in a tight loop.
            failure = .unreachable(end.reason)
            retryAt = .now() + TimeAmount(pause)
            failAll(failure)
        }
        if !waiting.isEmpty { return connectAgain() }
        return isKept ? .connectLater(pause) : .none
    }

    /// Ends the link.
    /// - Parameters:
    ///   - deadline: Until when commands that were sent may be answered.
    ///   - ended: Succeeds when they are.
    func close(by deadline: NIODeadline, _ ended: EventLoopPromise<Void>) -> Step {
        let last = open
        state = .closed
        failAll(.unreachable("the store is closed"))
        guard let last else {
            if isEnding { endings.append(ended) } else { ended.succeed() }
            return .none
        }
        isEnding = true
        endings.append(ended)
        // The reply to the last command comes after those to all others.
        let bound = NIOLoopBound((self, last), eventLoop: ended.futureResult.eventLoop)
        last.send(
            RedisRequest(bytes: RESPCommand("PING").bytes, deadline: deadline) { _ in
                let (state, handler) = bound.value
                handler.close("the store is closed")
                state.end()
            })
        return .none
    }

    private func end() {
        isEnding = false
        for ended in endings { ended.succeed() }
        endings = []
    }

    private func failAll(_ error: RedisError) {
        while let request = waiting.popFirst() { request.done(.failure(error)) }
    }
}
