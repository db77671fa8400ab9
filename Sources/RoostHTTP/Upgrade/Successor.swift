import NIOCore

/// What a connection has become after 101 (RFC 9110 §7.8): a handler behind the HTTP connection's, which then lets all pass.
protocol Successor: AnyObject {
    /// The server is stopping.
    func stop()

    /// Whoever talked over the connection has come to an end.
    func end(_ result: Result<Void, any Error>)
}

/// Those who wait until a connection takes more, and what a read that must wait needs. Used on the connection's event loop.
struct FlowControl {
    private var writers: [CheckedContinuation<Void, any Error>] = []
    /// Whether the channel asked for a read that has been put off.
    var isReadWanted = false

    mutating func wait(_ writer: CheckedContinuation<Void, any Error>, for channel: any Channel) {
        if channel.isWritable { writer.resume() } else { writers.append(writer) }
    }

    mutating func goOn() { resume(with: .success(())) }

    mutating func fail() { resume(with: .failure(ConnectionClosed())) }

    private mutating func resume(with result: Result<Void, any Error>) {
        let waiting = writers
        writers = []
        for writer in waiting { writer.resume(with: result) }
    }
}

extension ChannelHandlerContext {
    /// Sends something last and then ends this side's direction of the connection.
    func closeOutput(after last: NIOAny) {
        let this = NIOLoopBound(self, eventLoop: eventLoop)
        let sent = eventLoop.makePromise(of: Void.self)
        sent.futureResult.whenComplete { _ in this.value.close(mode: .output, promise: nil) }
        writeAndFlush(last, promise: sent)
    }

    /// Closes the connection, if the peer has not done it by then. For as long as it takes what was sent, its time begins anew.
    func close(within patience: TimeAmount) { channel.close(within: patience, unsent: channel.unsentBytes) }
}

extension Channel {
    /// Bytes that were written and that the peer has not made room for. To be asked for on the event loop.
    var unsentBytes: Int { (try? syncOptions?.getOption(.bufferedWritableBytes)) ?? 0 }

    fileprivate func close(within patience: TimeAmount, unsent: Int) {
        let timer = eventLoop.scheduleTask(in: patience) { [self] in
            let left = unsentBytes
            if left < unsent { close(within: patience, unsent: left) } else { close(promise: nil) }
        }
        closeFuture.whenComplete { _ in timer.cancel() }
    }
}

extension NIOLoopBound {
    /// Does something with the value on its loop: at once where this is that loop.
    func run(_ body: @escaping @Sendable (Value) -> Void) {
        if eventLoop.inEventLoop { body(value) } else { eventLoop.execute { body(value) } }
    }
}
