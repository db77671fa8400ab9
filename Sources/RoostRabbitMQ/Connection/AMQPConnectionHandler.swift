import NIOCore
import NIOTLS
import RoostConnector

/// Sends methods and messages, and hands out what arrives to the channels. It is used on its event loop only.
///
/// What is sent in one turn of the loop is written together.
final class AMQPConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let loop: any EventLoop
    private let ready: EventLoopPromise<Void>
    private let isSecured: Bool
    private var parser = AMQPFrameParser()
    private var state: AMQPConnectionState
    private var context: ChannelHandlerContext?
    private var channels: [UInt16: AMQPChannel] = [:]
    private var nextNumber: UInt16 = 1
    private var output = ByteBuffer()
    private var isFlushAwaited = false
    private var heartbeat: Scheduled<Void>?
    private var hasSent = false, hasReceived = false, silences = 0
    private var end: AMQPError?
    private(set) var isOpen = true
    /// Why the server takes no messages at the moment.
    private(set) var blocked: String?
    /// Called when the server stops or begins to take messages.
    var onBlocked: (String?) -> Void = { _ in }
    /// Called at the end of each burst of what arrives.
    var onBurst: () -> Void = {}
    /// Called once, when the connection has ended.
    var onEnd: (AMQPError) -> Void = { _ in }

    /// - Parameter ready: Succeeds after the handshake.
    init(_ url: RabbitMQURL, loop: any EventLoop, bodyLimit: Int, ready: EventLoopPromise<Void>) {
        self.loop = loop
        self.ready = ready
        isSecured = url.isSecured
        state = AMQPConnectionState(url, bodyLimit: bodyLimit)
    }

    /// The largest frame in bytes.
    var largestFrame: Int { state.limits.frame }

    /// The version of the server.
    var version: String { state.version }

    // MARK: Channels

    /// Opens a channel, which can be used at once.
    /// - Throws: The end of the connection; an error if the server allows no more channels.
    func openChannel() throws(AMQPError) -> AMQPChannel {
        guard isOpen else { throw end ?? .unreachable("the connection is closed") }
        guard channels.count < Int(state.limits.channels) else { throw .unreachable("the server does not allow more channels") }
        while channels[nextNumber] != nil { nextNumber = nextNumber % state.limits.channels + 1 }
        let channel = AMQPChannel(nextNumber)
        nextNumber = nextNumber % state.limits.channels + 1
        channels[channel.number] = channel
        call(.openChannel, on: channel) { _ in }
        return channel
    }

    /// Sends a method that the server replies to.
    func call(_ method: AMQPCommand, on channel: AMQPChannel, _ reply: @escaping AMQPChannel.Reply) {
        guard isOpen, channel.isUsable else { return reply(.failure(end ?? .unreachable("the channel is closed"))) }
        channel.await(reply)
        send(method, on: channel)
    }

    /// Sends a method that has no reply.
    func send(_ method: AMQPCommand, on channel: AMQPChannel) {
        guard isOpen, channel.isUsable else { return }
        write(method, channel.number)
    }

    /// Publishes a message.
    func publish(_ message: OutgoingMessage, on channel: AMQPChannel) {
        guard isOpen, channel.isUsable else { return }
        output.writeFrame(.method, channel: channel.number) {
            AMQPCommand.publish(exchange: message.exchange, key: message.key, isMandatory: message.isMandatory).write(to: &$0)
        }
        let header = AMQPContentHeader(size: UInt64(message.body.count), properties: message.properties)
        output.writeFrame(.header, channel: channel.number) { header.write(to: &$0) }
        output.writeBody(message.body, channel: channel.number, largestFrame: largestFrame)
        awaitFlush()
    }

    /// Closes a channel. What was delivered on it and not acknowledged is delivered to other consumers.
    func close(_ channel: AMQPChannel, _ done: @escaping () -> Void = {}) {
        guard isOpen, channel.isUsable else { return done() }
        write(.closeChannel, channel.number)
        channel.beginClosing(done)
    }

    // MARK: The end

    /// Closes the connection in order: the server hears of it.
    func close() {
        guard isOpen else { return }
        write(.closeConnection, 0)
        flush()
        finish(.unreachable("the connection was closed"))
        context?.close(promise: nil)
    }

    /// Closes the connection at once.
    func abort(_ error: AMQPError) {
        finish(error)
        context?.close(promise: nil)
    }

    private func finish(_ error: AMQPError) {
        guard isOpen else { return }
        isOpen = false
        end = error
        heartbeat?.cancel()
        ready.fail(error)
        let open = channels.values.sorted { $0.number < $1.number }
        channels = [:]
        for channel in open { channel.end(error) }
        onEnd(error)
    }

    // MARK: Output

    private func write(_ method: AMQPCommand, _ channel: UInt16) {
        output.writeFrame(.method, channel: channel) { method.write(to: &$0) }
        awaitFlush()
    }

    private func awaitFlush() {
        guard !isFlushAwaited else { return }
        isFlushAwaited = true
        loop.assumeIsolated().execute { self.flush() }
    }

    private func flush() {
        isFlushAwaited = false
        guard let context, output.readableBytes > 0 else { return }
        // A buffer of its own for each write; the channel keeps the old one until it is sent.
        var whole = ByteBuffer()
        swap(&whole, &output)
        hasSent = true
        context.writeAndFlush(wrapOutboundOut(whole), promise: nil)
    }

    // MARK: Input

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive, !isSecured { begin() }
    }

    func channelActive(context: ChannelHandlerContext) {
        if !isSecured { begin() }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent { begin() }
        context.fireUserInboundEventTriggered(event)
    }

    private func begin() {
        output.writeBytes(AMQPFrame.protocolHeader)
        flush()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasReceived = true
        parser.append(unwrapInboundIn(data))
        do throws(AMQPFault) {
            while isOpen, let frame = try parser.next() { try take(try state.receive(frame)) }
        } catch {
            abort(.unusable("the server cannot be understood: \(error.reason)"))
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        onBurst()
        context.fireChannelReadComplete()
    }

    private func take(_ event: AMQPConnectionState.Event) throws(AMQPFault) {
        switch event {
        case .none, .ended: break
        case .send(let methods): for method in methods { write(method, 0) }
        case .ready: begin(heartbeat: state.limits.heartbeat)
        case .reply(let number): try channels[number]?.receiveReply()
        case .delivered(let number, let delivery): channels[number]?.onDelivery(delivery)
        case .returned(let number, let message): channels[number]?.onReturn(message)
        case .confirmed(let number, let confirmation): channels[number]?.onConfirmation(confirmation)
        case .cancelled(let number): channels[number]?.onCancel()
        case .flow(let number, let isActive): if let channel = channels[number] { send(.flowOk(isActive), on: channel) }
        case .channelClosed(let number, let reason):
            write(.closeChannelOk, number)
            channels.removeValue(forKey: number)?.end(.closed(reason))
        case .channelEnded(let number): channels.removeValue(forKey: number)?.end(.unreachable("the channel was closed"))
        case .closed(let reason):
            write(.closeConnectionOk, 0)
            flush()
            abort(reason.code == 403 || reason.code == 530 ? .refused(reason.text) : .closed(reason))
        case .blocked(let reason):
            blocked = reason
            onBlocked(reason)
        }
    }

    private func begin(heartbeat seconds: UInt16) {
        parser.limit = largestFrame
        ready.succeed()
        if seconds > 0 { awaitBeat() }
    }

    /// Twice in an interval, so that the other side hears something at least once in each.
    private func awaitBeat() {
        heartbeat = loop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(state.limits.heartbeat) * 500)) { [weak self] in self?.beat()
        }
    }

    private func beat() {
        if !hasSent {
            output.writeFrame(.heartbeat, channel: 0) { _ in }
            flush()
        }
        silences = hasReceived ? 0 : silences + 1
        (hasSent, hasReceived) = (false, false)
        // Four halves of an interval, as the server itself waits.
        guard silences < 4 else { return abort(.unreachable("the server was silent for \(2 * state.limits.heartbeat) seconds")) }
        awaitBeat()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let loss = ConnectionLoss(error)
        abort(loss.isRefusal ? .refused(loss.reason) : .unreachable(loss.reason))
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.unreachable("the server closed the connection"))
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        // The channel may never have become active.
        finish(.unreachable("the connection was not established"))
    }
}

/// A message to publish.
struct OutgoingMessage: Sendable {
    var exchange: String
    var key: String
    var isMandatory = true
    var properties: AMQPProperties
    var body: [UInt8]
}
