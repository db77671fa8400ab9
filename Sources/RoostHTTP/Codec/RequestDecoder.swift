import NIOCore
import Roost

/// Decodes requests from the bytes of a connection, which may be split anywhere. It does no I/O.
struct RequestDecoder {
    enum Event {
        case head(RequestHead)
        case body(ByteBuffer)
        case end
    }

    private enum State {
        case head
        case fixed(Int)
        case chunked(ChunkedDecoder)
        case end
    }

    private let limits: HTTPLimits
    private var state = State.head
    private var buffer = ByteBuffer()
    private var scanner = HeadScanner()

    init(limits: HTTPLimits) { self.limits = limits }

    /// The number of received bytes that have not been decoded.
    var waiting: Int { buffer.readableBytes }

    /// Whether a request has begun but its head is incomplete.
    var isInHead: Bool {
        if case .head = state { buffer.readableBytes > 0 } else { false }
    }

    mutating func receive(_ bytes: ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            buffer.discardReadBytes()
            buffer.writeImmutableBuffer(bytes)
        }
    }

    /// Takes the received bytes that follow the last request, after the protocol was switched.
    mutating func takeRest() -> ByteBuffer {
        defer { buffer = ByteBuffer() }
        return buffer
    }

    /// Returns the next event, or `nil` if more input is needed.
    mutating func next() throws(WireFault) -> Event? {
        switch state {
        case .head: return try nextHead()
        case .fixed(let left):
            guard buffer.readableBytes > 0, let piece = buffer.readSlice(length: min(left, buffer.readableBytes)) else { return nil }
            state = piece.readableBytes == left ? .end : .fixed(left - piece.readableBytes)
            return .body(piece)
        case .chunked(var decoder):
            let piece = try decoder.next(from: &buffer)
            state = decoder.isDone ? .end : .chunked(decoder)
            if let piece { return .body(piece) }
            return decoder.isDone ? try next() : nil
        case .end:
            state = .head
            return .end
        }
    }

    private mutating func nextHead() throws(WireFault) -> Event? {
        skipEmptyLines()
        guard let length = buffer.withUnsafeReadableBytes({ scanner.end(in: $0.bindMemory(to: UInt8.self)) }) else {
            guard buffer.readableBytes <= limits.headSize else { throw tooLarge() }
            return nil
        }
        guard length <= limits.headSize else { throw tooLarge() }
        // The closure's error type is untyped, hence the Result.
        let result = buffer.withUnsafeReadableBytes { bytes -> Result<RequestHead, WireFault> in
            let head = UnsafeBufferPointer(rebasing: bytes.bindMemory(to: UInt8.self)[..<length])
            do throws(WireFault) { return .success(try RequestHead(head, limits: limits)) } catch { return .failure(error) }
        }
        let head = try result.get()
        buffer.moveReaderIndex(forwardBy: length)
        switch head.framing {
        case .length(let length): state = .fixed(length)
        case .chunked: state = .chunked(ChunkedDecoder())
        case .none, .untilClose: state = .end
        }
        return .head(head)
    }

    /// Skips the empty line that some clients send after a body (RFC 9112 §2.2).
    private mutating func skipEmptyLines() {
        while buffer.getInteger(at: buffer.readerIndex, as: UInt16.self) == 0x0D0A { buffer.moveReaderIndex(forwardBy: 2) }
    }

    private func tooLarge() -> WireFault {
        let hasLine = buffer.readableBytesView.prefix(limits.headSize).contains(0x0A)
        return hasLine
            ? WireFault(.headersTooLarge, "The head must not be larger than \(limits.headSize) bytes.")
            : WireFault(.uriTooLong, "The request line must not be longer than \(limits.headSize) bytes.")
    }
}
