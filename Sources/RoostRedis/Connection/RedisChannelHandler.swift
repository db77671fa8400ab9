import NIOCore
import NIOTLS
import RoostConnector

/// Sends commands and hands out replies, in order. It is used on its event loop only.
///
/// Commands of one turn of the loop are written together. If a reply does not arrive in time, the connection is closed, since every later
/// reply would be taken for an earlier one.
final class RedisChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The most commands, and bytes of commands, that wait for replies.
    static let mostRequests = 65_536
    static let mostBytes = 64 << 20

    /// Why the connection ended, and the commands that were not answered, oldest first.
    typealias End = (reason: String, unanswered: [RedisRequest])

    let loop: any EventLoop
    private let ready: EventLoopPromise<Void>
    private var isSecured: Bool
    private var parser = RESPParser()
    private var context: ChannelHandlerContext?
    private var waiting = CircularBuffer<RedisRequest>()
    private var waitingBytes = 0
    /// What has arrived for the oldest request that waits, if it has several replies.
    private var received = 0
    private var refusal: RESPError?
    private var output = ByteBuffer()
    private var isFlushAwaited = false
    private var timer: Scheduled<Void>?
    private var reason: String?
    private(set) var isOpen = true
    /// The number of requests that were answered.
    private(set) var answered = 0
    /// Called with what the server sends on its own account.
    var onPush: ([RESPValue]) -> Void = { _ in }
    /// Called once, when the connection has ended.
    var onEnd: (End) -> Void = { end in
        for request in end.unanswered { request.done(.failure(.unreachable(end.reason))) }
    }

    /// - Parameter ready: Succeeds when commands can be sent: when the connection is open and, if it is secured, after the handshake.
    init(loop: any EventLoop, isSecured: Bool, ready: EventLoopPromise<Void>) {
        self.loop = loop
        self.isSecured = isSecured
        self.ready = ready
    }

    /// Sends a command.
    func send(_ request: RedisRequest) {
        guard isOpen else { return request.done(.failure(.unreachable(reason ?? "the connection is closed"))) }
        guard waiting.count < Self.mostRequests, waitingBytes + request.bytes.readableBytes <= Self.mostBytes else {
            return request.done(.failure(.unreachable("too many commands wait for replies")))
        }
        waiting.append(request)
        waitingBytes += request.bytes.readableBytes
        output.writeImmutableBuffer(request.bytes)
        if timer == nil { watch(until: request.deadline) }
        guard !isFlushAwaited else { return }
        isFlushAwaited = true
        loop.assumeIsolated().execute { self.flush() }
    }

    /// Closes the connection. Commands without a reply fail.
    func close(_ reason: String) {
        if self.reason == nil { self.reason = reason }
        ready.fail(RedisError.unreachable(reason))
        isOpen = false
        context?.close(promise: nil)
    }

    private func flush() {
        isFlushAwaited = false
        guard let context, isOpen, output.readableBytes > 0 else { return }
        // A buffer of its own for each write; the channel keeps the old one until it is sent.
        var whole = ByteBuffer()
        swap(&whole, &output)
        context.writeAndFlush(wrapOutboundOut(whole), promise: nil)
    }

    private func watch(until deadline: NIODeadline) {
        timer = loop.assumeIsolated().scheduleTask(deadline: deadline) { self.checkDeadline() }
    }

    private func checkDeadline() {
        timer = nil
        guard let oldest = waiting.first else { return }
        guard oldest.deadline <= .now() else { return watch(until: oldest.deadline) }
        close("the server did not answer in time")
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive, !isSecured { ready.succeed() }
    }

    func channelActive(context: ChannelHandlerContext) {
        if !isSecured { ready.succeed() }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent { ready.succeed() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        parser.append(unwrapInboundIn(data))
        do throws(RESPFault) {
            while isOpen, let value = try parser.next() { receive(value) }
        } catch {
            close("the server does not speak RESP3: \(error.reason)")
        }
    }

    private func receive(_ value: RESPValue) {
        if case .push(let elements) = value { return onPush(elements) }
        guard let request = waiting.first else { return close("the server sent a reply to no request") }
        let error = if case .error(let error) = value { error } else { nil as RESPError? }
        received += 1
        // The first error says what is wrong; EXEC, for example, then only says that a command before it was refused.
        if let error { refusal = refusal ?? error }
        guard request.marker.map({ value.text == $0 }) ?? (received == request.replies) else { return }
        waiting.removeFirst()
        waitingBytes -= request.bytes.readableBytes
        let failure = refusal.take()
        received = 0
        answered += 1
        request.done(failure.map { .failure(.server($0)) } ?? .success(value))
        if let failure, failure.isOfAnotherServer { close(failure.text) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { close(ConnectionLoss(error).reason) }

    func channelInactive(context: ChannelHandlerContext) {
        let reason = reason ?? "the server closed the connection"
        isOpen = false
        timer?.cancel()
        ready.fail(RedisError.unreachable(reason))
        let unanswered = Array(waiting)
        waiting.removeAll()
        onEnd((reason, unanswered))
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        // The channel never became active.
        ready.fail(RedisError.unreachable(reason ?? "the connection was not established"))
    }
}
