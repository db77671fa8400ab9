import NIOCore
import Roost

/// The request, as its body is sent.
extension ClientConnection {
    func send(_ piece: [UInt8], _ framing: MessageFraming, _ number: Int, _ writer: WaitingWriters.Writer) {
        guard let context, exchange?.number == number else { return writer.resume(throwing: TransportError.connectionClosed) }
        var buffer = context.channel.allocator.buffer(capacity: piece.count + 16)
        if framing == .chunked { buffer.writeChunk(piece) } else { buffer.writeBytes(piece) }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        if context.channel.isWritable { writer.resume() } else { writers.add(writer) }
    }

    func endSending(_ framing: MessageFraming, _ number: Int) {
        guard let context, exchange?.number == number else { return }
        var buffer = context.channel.allocator.buffer(capacity: 8)
        if framing == .chunked { buffer.writeLastChunk() }
        writeLast(buffer, number)
    }

    /// Writes the end of a request. The connection is free for another one only after that, however early the response arrives.
    func writeLast(_ buffer: ByteBuffer, _ number: Int) {
        guard let context else { return }
        let sent = context.eventLoop.makePromise(of: Void.self)
        let this = NIOLoopBound(self, eventLoop: context.eventLoop)
        sent.futureResult.whenSuccess { if this.value.exchange?.number == number { this.value.exchange?.isSent = true } }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: sent)
    }

    func failSending(_ error: any Error, _ number: Int) {
        guard exchange?.number == number, !error.isConnectionClosed else { return }
        fail(TransportError(.answered, error))
    }
}
