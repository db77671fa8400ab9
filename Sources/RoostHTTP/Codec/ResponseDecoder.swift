import NIOCore
import Roost

/// The head of a received response.
struct ResponseHead {
    var status: Status
    var headers: Headers
    var framing: MessageFraming
    var keepsAlive: Bool
}

/// Decodes responses from the bytes of a connection, which may be split anywhere. It does no I/O.
struct ResponseDecoder {
    enum Event {
        case head(ResponseHead)
        case body(ByteBuffer)
        case end
    }

    private enum State {
        case head
        case fixed(Int)
        case chunked(ChunkedDecoder)
        case untilClose
        case end
    }

    /// The largest size of a head, in bytes.
    private static let headLimit = 64 << 10
    /// The largest number of fields in a head.
    private static let fieldLimit = 200

    /// The method of the request that the next response belongs to.
    var method = RequestMethod.get
    private var state = State.head
    private var buffer = ByteBuffer()
    private var scanner = HeadScanner()

    var waiting: Int { buffer.readableBytes }

    mutating func receive(_ bytes: ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = bytes
        } else {
            buffer.discardReadBytes()
            buffer.writeImmutableBuffer(bytes)
        }
    }

    /// Takes the received bytes that follow the last response, after the protocol was switched.
    mutating func takeRest() -> ByteBuffer {
        defer { buffer = ByteBuffer() }
        return buffer
    }

    /// Whether the end of the connection is the regular end of the current response.
    var endsWithConnection: Bool {
        if case .untilClose = state { true } else { false }
    }

    /// Returns the next event, or `nil` if more input is needed.
    mutating func next() throws(WireFault) -> Event? {
        switch state {
        case .head:
            // Interim responses are skipped (RFC 9110 §15.2), except 101, which switches protocols.
            while let head = try nextHead() {
                if head.status.code >= 200 || head.status.code == 101 { return begin(head) }
            }
            return nil
        case .fixed(let left):
            guard let piece = takePiece(upTo: left) else { return nil }
            state = piece.readableBytes == left ? .end : .fixed(left - piece.readableBytes)
            return .body(piece)
        case .chunked(var decoder):
            let piece = try decoder.next(from: &buffer)
            state = decoder.isDone ? .end : .chunked(decoder)
            if let piece { return .body(piece) }
            return decoder.isDone ? try next() : nil
        case .untilClose: return takePiece(upTo: .max).map { .body($0) }
        case .end:
            state = .head
            return .end
        }
    }

    private mutating func takePiece(upTo limit: Int) -> ByteBuffer? {
        buffer.readableBytes > 0 ? buffer.readSlice(length: min(limit, buffer.readableBytes)) : nil
    }

    private mutating func nextHead() throws(WireFault) -> ResponseHead? {
        guard let length = buffer.withUnsafeReadableBytes({ scanner.end(in: $0.bindMemory(to: UInt8.self)) }) else {
            guard buffer.readableBytes <= Self.headLimit else { throw .malformed("The head of the response is too large.") }
            return nil
        }
        let method = method
        let result = buffer.withUnsafeReadableBytes { bytes -> Result<ResponseHead, WireFault> in
            let head = UnsafeBufferPointer(rebasing: bytes.bindMemory(to: UInt8.self)[..<length])
            do throws(WireFault) { return .success(try Self.readHead(head, method)) } catch { return .failure(error) }
        }
        buffer.moveReaderIndex(forwardBy: length)
        return try result.get()
    }

    private mutating func begin(_ head: ResponseHead) -> Event {
        switch head.framing {
        case .none: state = .end
        case .length(let length): state = length == 0 ? .end : .fixed(length)
        case .chunked: state = .chunked(ChunkedDecoder())
        case .untilClose: state = .untilClose
        }
        return .head(head)
    }

    private static func readHead(_ bytes: UnsafeBufferPointer<UInt8>, _ method: RequestMethod) throws(WireFault) -> ResponseHead {
        var lines = HeadLines(bytes)
        guard let line = try lines.next() else { throw .malformed("The status line is missing.") }
        let (status, isOld) = try readStatusLine(line)
        var fields: [(name: String, value: String)] = []
        fields.reserveCapacity(8)
        var framing = FramingFields()
        while let (name, value) = try lines.nextField() {
            guard fields.count < fieldLimit else { throw .malformed("The response has too many header fields.") }
            fields.append((String(name), String(value)))
            try framing.note(name, value)
        }
        let hasNoBody = method == .head || status.code < 200 || status == .noContent || status == .notModified
        let stated = try framing.framing()
        // After a response with contradictory framing, the following bytes may not be a response (RFC 9112 §6.1, RFC 9110 §8.6).
        let isSound = !(isOld && stated == .chunked) && (status != .noContent || stated == nil || stated == .length(0))
        return ResponseHead(
            status: status, headers: Headers(fields), framing: hasNoBody ? .none : stated ?? .untilClose,
            keepsAlive: isSound && !framing.closes && (!isOld || framing.keepsAlive) && (hasNoBody || stated != nil))
    }

    /// Reads `HTTP/1.1 SP three digits SP reason` (RFC 9112 §4).
    private static func readStatusLine(_ line: UnsafeBufferPointer<UInt8>) throws(WireFault) -> (Status, isOld: Bool) {
        let text = String(UnsafeBufferPointer(rebasing: line.prefix(13)))
        let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), parts[0].utf8.count == 8, parts[1].utf8.count == 3,
            let code = Int(parts[1]), (100..<1000).contains(code)
        else { throw .malformed("The status line is not a version and a status.") }
        return (Status(code), parts[0].hasSuffix("0"))
    }
}
