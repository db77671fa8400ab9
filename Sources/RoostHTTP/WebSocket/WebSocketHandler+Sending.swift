import NIOCore
import NIOWebSocket
import Roost

extension WebSocketHandler {
    func send(_ message: WebSocketMessage, _ writer: WaitingWriters.Writer) {
        guard let context, phase == .open else { return writer.resume(throwing: TransportError.connectionClosed) }
        switch message {
        case .text(let text): write(.text, Array(text.utf8))
        case .binary(let bytes): write(.binary, bytes)
        }
        flow.wait(writer, for: context.channel)
    }

    /// Begins to close the socket. The peer must respond with a close frame of its own (§7.1.2).
    func close(_ closure: WebSocketClosure) {
        guard phase == .open, let context else { return }
        phase = .closing
        write(.connectionClose, closure.payload)
        context.close(within: TimeAmount(limits.closeTimeout))
        // Unread messages are discarded, to reach the peer's close frame behind them.
        pump()
    }

    func stop() { close(.goingAway) }

    func end(_ result: Result<Void, any Error>) {
        switch result {
        case .success: close(.normal)
        case .failure: close(.unexpected)
        }
    }

    func answer(_ ping: [UInt8]) {
        guard phase == .open, let context else { return }
        // If pings come faster than they can be answered, only the last one needs an answer (§5.5.3).
        if context.channel.isWritable { write(.pong, ping) } else { unanswered = ping }
    }

    /// Handles the peer's close frame. The server closes the connection first, so that TIME_WAIT is on its side (§7.1.1).
    func peerCloses(_ closure: WebSocketClosure) {
        self.closure = closure
        finishReading(.success(()))
        switch phase {
        case .open where isServer: finish(closure)
        case .open: write(.connectionClose, closure.payload)
        // The peer has received everything that was sent before this side's close frame.
        case .closing where isServer: context?.close(promise: nil)
        case .closing, .over: break
        }
        phase = .over
        context?.close(within: TimeAmount(limits.closeTimeout))
    }

    /// Closes the socket because the peer violated the protocol. The close frame says how, and further input is dropped (§7.1.7).
    func fail(_ fault: TransportError) {
        closure = fault.closure
        finishReading(.failure(fault))
        flow.fail()
        if phase == .open { finish(fault.closure) } else { context?.close(promise: nil) }
        phase = .over
        context?.close(within: TimeAmount(limits.closeTimeout))
    }

    /// Sends the last frame and closes the output.
    private func finish(_ closure: WebSocketClosure) {
        context?.closeOutput(after: wrapOutboundOut(frame(.connectionClose, closure.payload)))
    }

    func write(_ opcode: WebSocketOpcode, _ content: [UInt8]) {
        context?.writeAndFlush(wrapOutboundOut(frame(opcode, content)), promise: nil)
    }

    private func frame(_ opcode: WebSocketOpcode, _ content: [UInt8]) -> WebSocketFrame {
        let key = isServer ? nil : WebSocketMaskingKey.random()
        let isData = opcode == .text || opcode == .binary
        if isData, let deflate, content.count >= Self.worthCompressing,
            let compressed = Deflate.compress(content, windowBits: deflate.windowBits), compressed.count < content.count
        {
            return WebSocketFrame(fin: true, rsv1: true, opcode: opcode, maskKey: key, data: ByteBuffer(bytes: compressed))
        }
        return WebSocketFrame(fin: true, opcode: opcode, maskKey: key, data: ByteBuffer(bytes: content))
    }

    /// The size in bytes from which on compression is worthwhile.
    private static let worthCompressing = 64
}
