import Roost

/// The frame of a message in gRPC: a flag that indicates whether it is compressed, its length in four bytes, and the message (gRPC over HTTP2,
/// "Length-Prefixed-Message").
enum MessageFrame {
    static let prefixSize = 5

    /// Returns a message in its frame.
    /// - Parameters:
    ///   - message: The message.
    ///   - isCompressed: Whether to compress it with gzip.
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

/// Extracts messages from the bytes of a stream, which arrive in pieces.
struct MessageDecoder {
    /// The largest message in bytes, before and after decompression.
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

    /// Returns the next message, or `nil` if more bytes are needed.
    /// - Throws: A `Problem` if the message is too large, or compressed in a way that was not announced.
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

    /// The number of bytes that wait for the rest of their message, or to be taken.
    var waiting: Int { bytes.count - start }

    /// Whether the stream may end here, which it may not within a message.
    var isAtBoundary: Bool { start == bytes.count }

    private func decompress(_ message: [UInt8]) throws(Problem) -> [UInt8] {
        guard encoding == .gzip else { throw Problem(.badRequest, "A message is compressed, but grpc-encoding is missing.") }
        return try Gzip.decompress(message, limit: limit)
    }
}

/// The compression of messages (gRPC over HTTP2, "Message-Encoding").
enum MessageEncoding: String {
    case identity, gzip

    /// The value of `grpc-accept-encoding`.
    static let accepted = "identity,gzip"

    /// Returns whether a caller both compresses with gzip and accepts it.
    static func isGzip(wantedBy headers: Headers) -> Bool {
        guard headers["grpc-encoding"] == gzip.rawValue, let accepted = headers["grpc-accept-encoding"] else { return false }
        return accepted.split(separator: ",").contains { $0.drop { $0 == " " }.prefix { $0 != " " } == gzip.rawValue }
    }
}

extension Problem {
    /// Returns RESOURCE_EXHAUSTED, the status that gRPC has for large messages.
    static func messageTooLarge(limit: Int) -> Problem {
        Problem(.contentTooLarge, "A message must not be larger than \(limit) bytes.")
    }
}

extension MessageStream<[UInt8]> {
    /// Returns the messages in the pieces of a body.
    /// - Parameters:
    ///   - limit: The largest message, in bytes.
    ///   - encoding: The compression of the messages.
    ///   - reservation: Reserves shared memory while a message arrives; `nil` for none.
    func messages(limit: Int, encoding: MessageEncoding, holding reservation: MessageReservation? = nil) -> MessageStream<[UInt8]> {
        transformed { next in
            var decoder = MessageDecoder(limit: limit, encoding: encoding)
            return {
                while true {
                    let message = try decoder.next()
                    try reservation?.set(decoder.waiting)
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
