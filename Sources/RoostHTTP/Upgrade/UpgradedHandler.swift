import NIOCore
import Roost

/// The channel handler of the protocol that a connection was switched to by 101 (RFC 9110 §7.8). It is added after the HTTP connection's
/// handler, which then passes everything through.
protocol UpgradedHandler: AnyObject {
    /// Begins to end the protocol, because the server is stopping.
    func stop()

    /// Ends the connection, because the code that used it has returned or failed.
    func end(_ result: Result<Void, any Error>)
}

/// The writers that wait until a connection is writable again, and whether a read was postponed. It is used on the connection's event loop
/// only.
struct FlowControl {
    private var writers = WaitingWriters()
    /// Whether a read that the channel asked for was postponed.
    var isReadWanted = false

    mutating func wait(_ writer: WaitingWriters.Writer, for channel: any Channel) {
        if channel.isWritable { writer.resume() } else { writers.add(writer) }
    }

    mutating func resume() { writers.resume() }

    mutating func fail() { writers.fail(TransportError.connectionClosed) }
}

extension ChannelHandlerContext {
    /// Sends a last message and then closes the output.
    func closeOutput(after last: NIOAny) {
        let this = NIOLoopBound(self, eventLoop: eventLoop)
        let sent = eventLoop.makePromise(of: Void.self)
        sent.futureResult.whenComplete { _ in this.value.close(mode: .output, promise: nil) }
        writeAndFlush(last, promise: sent)
    }

    /// Closes the connection if the peer has not closed it in time. The time starts again as long as the peer keeps receiving what was
    /// sent.
    func close(within timeout: TimeAmount) { channel.close(within: timeout, unsent: channel.unsentBytes) }
}

extension Channel {
    /// The number of written bytes that the peer has not made room for. Call this on the event loop.
    var unsentBytes: Int { (try? syncOptions?.getOption(.bufferedWritableBytes)) ?? 0 }

    fileprivate func close(within timeout: TimeAmount, unsent: Int) {
        let timer = eventLoop.scheduleTask(in: timeout) { [self] in
            let left = unsentBytes
            if left < unsent { close(within: timeout, unsent: left) } else { close(promise: nil) }
        }
        closeFuture.whenComplete { _ in timer.cancel() }
    }
}

extension NIOLoopBound {
    /// Runs a closure with the value on its event loop, immediately if this is that loop.
    func run(_ body: @escaping @Sendable (Value) -> Void) {
        if eventLoop.inEventLoop { body(value) } else { eventLoop.execute { body(value) } }
    }
}
