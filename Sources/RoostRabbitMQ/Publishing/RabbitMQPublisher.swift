import NIOCore
import NIOPosix
import Roost
import RoostEvents
import Synchronization

/// Publishes events by one connection, which is opened again after it was lost.
final class RabbitMQPublisher: Sendable {
    /// The event loop of the connections.
    let loop: any EventLoop
    private let state: NIOLoopBoundBox<PublisherState>

    /// How long publishing may take. The outbox then tries again.
    static let limit = TimeAmount.seconds(10)

    /// - Parameters:
    ///   - loop: The event loop of the connections.
    ///   - isKnown: Returns whether some group handles a topic.
    ///   - connect: Opens a connection on the event loop, and declares the queues.
    init(
        on loop: any EventLoop, isKnown: @escaping @Sendable (_ topic: String) -> Bool,
        connect: @escaping @Sendable () async throws -> AMQPConnection
    ) {
        self.loop = loop
        state = NIOLoopBoundBox.makeBoxSendingValue(PublisherState(loop, isKnown, connect), eventLoop: loop)
    }

    /// Publishes messages, in order.
    /// - Throws: A `TransportError` if they are not confirmed in time; a `ConfigurationError` if the server cannot be used; a `Problem` with
    ///   status 413 if the server refuses one for its size.
    func publish(_ messages: [OutgoingMessage]) async throws {
        let done = loop.makePromise(of: Void.self)
        loop.execute { [state] in state.value.publish(messages, done) }
        try await done.futureResult.get()
    }

    /// Publishes a message that may be lost. Messages that one event loop sends stay in order.
    func send(_ message: OutgoingMessage) {
        let done = loop.makePromise(of: Void.self)
        loop.execute { [state] in state.value.publish([message], done) }
    }

    /// Uses a connection that was opened already.
    func adopt(_ connection: AMQPConnection) {
        loop.execute { [state] in state.value.connected(.success(connection)) }
    }

    /// Waits for what is being published, and closes the connection.
    func close() async {
        let done = loop.makePromise(of: Void.self)
        loop.execute { [state] in state.value.close(done) }
        try? await done.futureResult.get()
    }
}

/// The state of a publisher. It is used on its event loop only.
final class PublisherState {
    private enum Phase {
        case idle, connecting
        case open(AMQPConnectionHandler, AMQPChannel)
        case closed
    }

    private let loop: any EventLoop
    private let isKnown: @Sendable (String) -> Bool
    private let connect: @Sendable () async throws -> AMQPConnection
    private var phase = Phase.idle
    private var queue = PublishQueue()
    private var failures = FailureStreak(Backoff(first: .milliseconds(50), longest: .seconds(1)))
    private var failure: AMQPError?
    private var retryAt = NIODeadline.uptimeNanoseconds(0)
    private var timer: Scheduled<Void>?
    private var isPumpAwaited = false
    private var endings: [EventLoopPromise<Void>] = []

    init(
        _ loop: any EventLoop, _ isKnown: @escaping @Sendable (String) -> Bool,
        _ connect: @escaping @Sendable () async throws -> AMQPConnection
    ) {
        (self.loop, self.isKnown, self.connect) = (loop, isKnown, connect)
    }

    /// Completes the promises of events that were passed to `send(_:)` and are not confirmed, if nobody has closed the bus.
    deinit { queue.fail(TransportError(.unavailable, "The event bus is closed.")) }

    func publish(_ messages: [OutgoingMessage], _ done: EventLoopPromise<Void>) {
        guard endings.isEmpty, !isClosed else { return done.fail(TransportError(.unavailable, "The event bus is closed.")) }
        // Soon after an attempt to connect that failed, nobody waits for another one.
        if case .idle = phase, retryAt > .now(), let failure { return done.fail(failure.problem) }
        guard queue.add(messages, by: .now() + RabbitMQPublisher.limit, done) else {
            return done.fail(TransportError(.unavailable, "Too many events wait to be published. \(late.message)"))
        }
        if timer == nil { watch() }
        if case .idle = phase { open() } else { pump() }
    }

    private func pump() {
        guard case .open(let connection, let channel) = phase, connection.blocked == nil else { return }
        while let message = queue.next() { connection.publish(message, on: channel) }
        if queue.isEmpty { finishClosing() }
    }

    // MARK: Connecting

    private func open() {
        phase = .connecting
        let box = NIOLoopBound(self, eventLoop: loop)
        Task { [connect, loop] in
            let result: Result<AMQPConnection, any Error>
            do { result = .success(try await connect()) } catch { result = .failure(error) }
            loop.execute { box.value.connected(result) }
        }
    }

    func connected(_ result: Result<AMQPConnection, any Error>) {
        switch result {
        case .failure(let error):
            let error = error as? AMQPError ?? .unreachable("\(error)")
            if case .closed = phase { return }
            phase = .idle
            failure = error
            let pause = failures.fail()
            retryAt = .now() + TimeAmount(pause)
            if failures.count > 1 || error.isPermanent { queue.fail(error.problem) } else { again(in: pause) }
            if queue.isEmpty { finishClosing() }
        case .success(let connection):
            if case .closed = phase { return connection.close() }
            connection.onLoop { [box = NIOLoopBound(self, eventLoop: loop)] in box.value.adopt($0) }
        }
    }

    private func adopt(_ connection: AMQPConnectionHandler) {
        guard connection.isOpen else { return lost(.unreachable("the server closed the connection")) }
        connection.onEnd = { [weak self] in self?.lost($0) }
        connection.onBlocked = { [weak self] in self?.noteBlocked($0) }
        openChannel(on: connection)
    }

    private func openChannel(on connection: AMQPConnectionHandler) {
        let channel: AMQPChannel
        do { channel = try connection.openChannel() } catch { return connection.abort(error) }
        channel.onConfirmation = { [weak self] in self?.confirm($0) }
        channel.onReturn = { [weak self] in self?.refuse($0) }
        channel.onEnd = { [weak self, weak connection] error in
            // The connection may still be open: then only the channel was closed.
            guard let self, let connection, connection.isOpen, case .closed(let reason) = error else { return }
            // Anything else is not about one event: the exchange was deleted, or a permission withdrawn. Both are looked at again with a new
            // connection.
            guard reason.isOfSize else { return connection.abort(error) }
            queue.restart(because: reason)
            openChannel(on: connection)
        }
        connection.call(.selectConfirms, on: channel) { _ in }
        phase = .open(connection, channel)
        pump()
    }

    private func confirm(_ confirmation: AMQPConfirmation) {
        failures.succeed()
        queue.confirm(confirmation)
        awaitPump()
    }

    /// After all that arrives in this turn of the loop.
    private func awaitPump() {
        guard !isPumpAwaited else { return }
        isPumpAwaited = true
        loop.assumeIsolated().execute { [self] in
            isPumpAwaited = false
            pump()
        }
    }

    /// Without a group that handles its topic, an event has nobody to go to.
    private func refuse(_ message: AMQPReturn) {
        guard isKnown(KeyLane.topic(of: message.key)) else { return }
        queue.refuse(message.messageID)
        // The queues are declared again with the next connection.
        if case .open(let connection, _) = phase {
            loop.assumeIsolated().execute { connection.close() }
        }
    }

    private func lost(_ error: AMQPError) {
        queue.restart()
        if case .closed = phase { return finishClosing() }
        phase = .idle
        failure = error
        let pause = failures.fail()
        if queue.isEmpty { return finishClosing() }
        again(in: pause)
    }

    private func again(in pause: Duration) {
        phase = .connecting
        loop.assumeIsolated().scheduleTask(in: TimeAmount(pause)) { [weak self] in
            guard let self, case .connecting = phase else { return }
            open()
        }
    }

    private func noteBlocked(_ reason: String?) {
        if let reason {
            RequestContext.defaultLogger.warning("RabbitMQ takes no events: \(reason). They wait in the outboxes.")
        } else {
            RequestContext.defaultLogger.notice("RabbitMQ takes events again.")
            pump()
        }
    }

    // MARK: Time and the end

    private func watch() {
        guard let deadline = queue.deadline else { return }
        timer = loop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
            guard let self else { return }
            timer = nil
            let late = late
            queue.expire(at: .now(), late)
            // Something is wrong with what was sent and is not confirmed at all. It is sent again by another connection.
            if queue.isStuck, case .open(let connection, _) = phase, connection.blocked == nil {
                connection.abort(.unreachable("events were not confirmed in time"))
            }
            if queue.isEmpty { finishClosing() } else { watch() }
        }
    }

    private var late: TransportError {
        if case .open(let connection, _) = phase {
            if let reason = connection.blocked { return TransportError(.timedOut, "RabbitMQ takes no events: \(reason).") }
            let oldest = queue.oldestSent.map { ", the oldest of them with the routing key \($0.key)" } ?? ""
            return TransportError(.timedOut, "RabbitMQ did not confirm events in time\(oldest).")
        }
        return TransportError(.unavailable, "RabbitMQ cannot be reached: \(failure?.reason ?? "it is not connected").")
    }

    func close(_ done: EventLoopPromise<Void>) {
        endings.append(done)
        // What waits is confirmed, or ends when its time is up.
        if queue.isEmpty || isClosed { finishClosing() }
    }

    /// Whether the publisher has been closed.
    private var isClosed: Bool {
        if case .closed = phase { true } else { false }
    }

    /// Closes the publisher if somebody has asked for it.
    private func finishClosing() {
        guard !endings.isEmpty else { return }
        let last = phase
        phase = .closed
        if case .open(let connection, _) = last { connection.close() }
        timer?.cancel()
        queue.fail(TransportError(.unavailable, "The event bus is closed."))
        for done in endings { done.succeed() }
        endings = []
    }
}
