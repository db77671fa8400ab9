import Roost

/// A message as gRPC frames it: a flag that tells whether it is compressed, its length in four bytes, and the message
/// (gRPC over HTTP2, "Length-Prefixed-Message").
enum MessageFrame {
    static let prefixSize = 5

    /// - Parameter isCompressed: whether to compress it by gzip.
    static func encode(_ message: [UInt8], isCompressed: Bool = false) -> [UInt8] {
        let compressed = isCompressed ? Gzip.compress(message) : nil
        let content = compressed ?? message
        var frame: [UInt8] = []
        frame.reserveCapacity(prefixSize + content.count)
        frame.append(compressed == nil ? 0 : 1)
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: content.count).bigEndian) { frame.append(contentsOf: $0) }
        frame.append(contentsOf: content)
        return frame
    }
}

/// Takes messages off the bytes of a stream: pure, fed with whatever has come.
struct MessageDecoder {
    /// The most bytes that a message may have, before and after it is decompressed.
    private let limit: Int
    private let encoding: MessageEncoding
    private var bytes: [UInt8] = []
    private var start = 0

    init(limit: Int, encoding: MessageEncoding) {
        self.limit = limit
        self.encoding = encoding
    }

    mutating func append(_ piece: [UInt8]) {
        guard start < bytes.count else {
            bytes = piece
            start = 0
            return
        }
        bytes.removeFirst(start)
        start = 0
        bytes += piece
    }

    /// - Returns: `nil` where more bytes are needed.
    /// - Throws: a `Problem` where the message is too large, or compressed in a way that was not announced.
    mutating func next() throws(Problem) -> [UInt8]? {
        guard bytes.count - start >= MessageFrame.prefixSize else { return nil }
        let flag = bytes[start]
        let length = bytes[(start + 1)..<(start + 5)].reduce(0) { $0 << 8 | Int($1) }
        guard length <= limit else { throw .messageTooLarge(limit: limit) }
        guard flag <= 1 else { throw Problem(.badRequest, "A message's frame is neither compressed nor plain.") }
        let content = start + MessageFrame.prefixSize
        guard bytes.count - content >= length else { return nil }
        let message = Array(bytes[content..<(content + length)])
        start = content + length
        return flag == 1 ? try decompress(message) : message
    }

    /// Bytes that wait for the rest of their message, or to be taken.
    var waiting: Int { bytes.count - start }

    /// Whether the stream may end here: not in the middle of a message.
    var isAtBoundary: Bool { start == bytes.count }

    private func decompress(_ message: [UInt8]) throws(Problem) -> [UInt8] {
        guard encoding == .gzip else { throw Problem(.badRequest, "A message is compressed, and grpc-encoding does not say how.") }
        return try Gzip.decompress(message, limit: limit)
    }
}

/// How messages are compressed (gRPC over HTTP2, "Message-Encoding").
enum MessageEncoding: String {
    case identity, gzip

    /// What `grpc-accept-encoding` says.
    static let accepted = "identity,gzip"

    /// Whether a caller compresses by gzip and reads it, too.
    static func isGzip(wantedBy headers: Headers) -> Bool {
        guard headers["grpc-encoding"] == gzip.rawValue, let accepted = headers["grpc-accept-encoding"] else { return false }
        return accepted.split(separator: ",").contains { $0.drop { $0 == " " }.prefix { $0 != " " } == gzip.rawValue }
    }
}

extension Problem {
    /// RESOURCE_EXHAUSTED, as gRPC has it for messages.
    static func messageTooLarge(limit: Int) -> Problem {
        Problem(.contentTooLarge, "A message must not be larger than \(limit) bytes.")
    }
}

extension MessageStream<[UInt8]> {
    /// The messages in a body's pieces.
    /// - Parameter hold: what is held of the room that all share while a message comes; `nil` for no room of that kind.
    func messages(limit: Int, encoding: MessageEncoding, holding hold: MessageHold? = nil) -> MessageStream<[UInt8]> {
        transformed { next in
            var decoder = MessageDecoder(limit: limit, encoding: encoding)
            return {
                while true {
                    let message = try decoder.next()
                    try hold?.set(decoder.waiting)
                    if let message { return message }
                    guard let piece = try await next() else {
                        guard decoder.isAtBoundary else { throw Problem(.badRequest, "The stream ends in the middle of a message.") }
                        return nil
                    }
                    decoder.append(piece)
                }
            }
        }
    }
}
