import NIOCore
import NIOHTTP2
import Roost

/// The body that is received on a stream. It is gathered until someone reads it, and passed through a pipe from then on.
struct StreamInput {
    private(set) var gathered = ByteBuffer()
    private(set) var pipe: BodyPipe?
    /// Whether the peer has ended its side.
    var isComplete = false
    /// The total number of bytes received.
    private(set) var received = 0
    private var window = ReceiveWindow(size: ReceiveWindow.stream)
    private var returned = 0
    /// The number of bytes of padding that have not been returned to the stream's window yet.
    private var padding = 0

    mutating func receive(_ data: HTTP2Frame.FramePayload.Data) {
        guard case .byteBuffer(var bytes) = data.data else { return }
        received += bytes.readableBytes
        padding += data.paddingSize
        if let pipe {
            if bytes.readableBytes > 0 { pipe.push(bytes.readBytes(length: bytes.readableBytes) ?? []) }
        } else if gathered.readableBytes == 0 {
            gathered = bytes
        } else {
            gathered.writeImmutableBuffer(bytes)
        }
    }

    /// Passes the gathered bytes and all further ones to a pipe.
    mutating func open(_ pipe: BodyPipe) {
        let first = takeGathered()
        if !first.isEmpty { pipe.push(first) }
        self.pipe = pipe
    }

    mutating func takeGathered() -> [UInt8] {
        defer { gathered = ByteBuffer() }
        return Array(gathered.readableBytesView)
    }

    /// Returns the number of bytes that the reader has consumed since the last call.
    mutating func takeCredit() -> Int {
        let taken = received - gathered.readableBytes - (pipe?.size ?? 0)
        defer { returned = taken }
        return taken - returned
    }

    /// Returns by how much to extend the stream's window after bytes were consumed, if at all.
    mutating func returnCredit(_ count: Int) -> Int? {
        defer { padding = 0 }
        return isComplete ? nil : window.take(count + padding)
    }
}

extension HTTP2Frame.FramePayload.Data {
    /// The number of bytes that padding takes of the windows, including its length byte (RFC 9113 §6.1).
    var paddingSize: Int { paddingBytes.map { $0 + 1 } ?? 0 }
}
