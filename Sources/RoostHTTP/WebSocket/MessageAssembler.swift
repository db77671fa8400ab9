import NIOCore
import NIOWebSocket
import Roost

/// Assembles messages from received frames and checks that the peer follows the protocol (RFC 6455 §5). It does no I/O.
struct MessageAssembler {
    enum Event: Hashable {
        /// A message, with its size in bytes.
        case message(WebSocketMessage, size: Int)
        case ping([UInt8])
        case pong
        case close(WebSocketClosure)
    }

    /// A message whose last frame has not been received.
    private struct Part {
        let isText: Bool
        let isCompressed: Bool
        var bytes: [UInt8]
    }

    /// Whether the peer's frames must be masked, as a client's must and a server's must not (§5.1).
    private let isMasked: Bool
    private let deflate: DeflateAgreement?
    private let limit: Int
    private var part: Part?

    init(isMasked: Bool, deflate: DeflateAgreement?, limit: Int) {
        self.isMasked = isMasked
        self.deflate = deflate
        self.limit = limit
    }

    /// Processes a frame.
    /// - Returns: What the frame completes, or `nil` if the message continues with the next frame.
    /// - Throws: An error with the closure to send to the peer if it violates the protocol.
    mutating func take(_ frame: WebSocketFrame) throws(TransportError) -> Event? {
        guard (frame.maskKey != nil) == isMasked else {
            throw .protocolError(isMasked ? "A client must mask its frames." : "A server must not mask its frames.")
        }
        guard !frame.rsv2, !frame.rsv3 else { throw .protocolError("A reserved bit is set.") }
        let bytes = Array(frame.unmaskedData.readableBytesView)
        switch frame.opcode {
        case .text, .binary: return try begin(frame, bytes)
        case .continuation: return try append(frame, bytes)
        case .connectionClose, .ping, .pong: return try control(frame, bytes)
        default: throw .protocolError("A frame has an unknown opcode.")
        }
    }

    private mutating func begin(_ frame: WebSocketFrame, _ bytes: [UInt8]) throws(TransportError) -> Event? {
        guard part == nil else { throw .protocolError("A message begins before the previous one has ended.") }
        guard !frame.rsv1 || deflate != nil else { throw .protocolError("A message is compressed, but compression was not negotiated.") }
        guard bytes.count <= limit else { throw .tooLarge(limit) }
        part = Part(isText: frame.opcode == .text, isCompressed: frame.rsv1, bytes: bytes)
        return frame.fin ? try finish() : nil
    }

    private mutating func append(_ frame: WebSocketFrame, _ bytes: [UInt8]) throws(TransportError) -> Event? {
        guard let size = part?.bytes.count else { throw .protocolError("A continuation frame does not follow an unfinished message.") }
        guard !frame.rsv1 else { throw .protocolError("Only the first frame of a message may be marked as compressed.") }
        guard size + bytes.count <= limit else { throw .tooLarge(limit) }
        part?.bytes += bytes
        return frame.fin ? try finish() : nil
    }

    private mutating func finish() throws(TransportError) -> Event? {
        guard let whole = part.take() else { return nil }
        let bytes = whole.isCompressed ? try Deflate.decompress(whole.bytes, limit: limit) : whole.bytes
        guard whole.isText else { return .message(.binary(bytes), size: bytes.count) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .badText }
        return .message(.text(text), size: bytes.count)
    }

    /// Processes a control frame, which may come between the frames of a message (§5.5).
    private func control(_ frame: WebSocketFrame, _ bytes: [UInt8]) throws(TransportError) -> Event {
        guard frame.fin, bytes.count <= 125, !frame.rsv1 else {
            throw .protocolError("A control frame is fragmented, too long or compressed.")
        }
        switch frame.opcode {
        case .ping: return .ping(bytes)
        case .pong: return .pong
        default: return .close(try WebSocketClosure(payload: bytes))
        }
    }
}
