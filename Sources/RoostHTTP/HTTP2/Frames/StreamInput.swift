import NIOCore
import NIOHTTP2

/// What comes in on a stream after its head: gathered until someone reads it, piped from then on.
struct StreamInput {
    private(set) var gathered = ByteBuffer()
    private(set) var pipe: BodyPipe?
    /// Whether the peer has ended its side.
    var isComplete = false
    /// Bytes that came, ever.
    private(set) var received = 0
    private var window = ReceiveWindow(size: ReceiveWindow.stream)
    private var returned = 0
    /// Bytes of padding that the stream's window is still owed.
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

    /// From now on what comes goes to `pipe`, and first what has come.
    mutating func open(_ pipe: BodyPipe) {
        let first = takeGathered()
        if !first.isEmpty { pipe.push(first) }
        self.pipe = pipe
    }

    mutating func takeGathered() -> [UInt8] {
        defer { gathered = ByteBuffer() }
        return Array(gathered.readableBytesView)
    }

    /// Bytes that the reader has taken since this was last asked.
    mutating func takeCredit() -> Int {
        let taken = received - gathered.readableBytes - (pipe?.size ?? 0)
        defer { returned = taken }
        return taken - returned
    }

    /// What to give back to the sender for bytes that were taken.
    mutating func returnCredit(_ count: Int) -> Int? {
        defer { padding = 0 }
        return isComplete ? nil : window.take(count + padding)
    }
}

extension HTTP2Frame.FramePayload.Data {
    /// What padding takes of the windows, its length byte included (RFC 9113 §6.1).
    var paddingSize: Int { paddingBytes.map { $0 + 1 } ?? 0 }
}
