/// A message of the server: its kind, and its body as it arrived
/// (https://www.postgresql.org/docs/current/protocol-message-formats.html).
struct BackendMessage {
    /// The byte that a message begins with. There may be others, which are errors where they are handled.
    struct Kind: RawRepresentable, Hashable {
        let rawValue: UInt8

        static let authentication = Kind("R")
        static let backendKeyData = Kind("K")
        static let bindComplete = Kind("2")
        static let closeComplete = Kind("3")
        static let commandComplete = Kind("C")
        static let copyBothResponse = Kind("W")
        static let copyData = Kind("d")
        static let copyDone = Kind("c")
        static let copyInResponse = Kind("G")
        static let copyOutResponse = Kind("H")
        static let dataRow = Kind("D")
        static let emptyQueryResponse = Kind("I")
        static let errorResponse = Kind("E")
        static let negotiateProtocolVersion = Kind("v")
        static let noData = Kind("n")
        static let noticeResponse = Kind("N")
        static let notificationResponse = Kind("A")
        static let parameterDescription = Kind("t")
        static let parameterStatus = Kind("S")
        static let parseComplete = Kind("1")
        static let portalSuspended = Kind("s")
        static let readyForQuery = Kind("Z")
        static let rowDescription = Kind("T")

        init(rawValue: UInt8) { self.rawValue = rawValue }
        private init(_ letter: Unicode.Scalar) { rawValue = UInt8(truncatingIfNeeded: letter.value) }

        /// The letter for messages to people.
        var name: String { (33..<127).contains(rawValue) ? "'\(Unicode.Scalar(rawValue))'" : "\(rawValue)" }
    }

    /// What a server may send at most in one message: PostgreSQL's own limit.
    static let mostBytes = 1 << 30
    /// What a server may send at most in one message before it has proved that it is one.
    static let mostBytesAtStart = 64 << 10

    let kind: Kind
    let body: UnsafeRawBufferPointer

    /// Returns the message at an offset and moves the offset behind it, or returns `nil` if it has not arrived completely.
    /// - Parameters:
    ///   - bytes: What has arrived. The message refers to it.
    ///   - offset: Where the message begins.
    ///   - limit: The largest message that is accepted, in bytes.
    /// - Throws: A `ProtocolViolation` if the length is impossible. It is thrown as soon as the length is known.
    @inline(__always)
    static func next(in bytes: UnsafeRawBufferPointer, at offset: inout Int, limit: Int) throws(ProtocolViolation) -> BackendMessage? {
        guard bytes.count - offset >= 5 else { return nil }
        let length = Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 1, as: Int32.self)))
        guard length >= 4, length <= limit else { throw ProtocolViolation("a message of \(length) bytes") }
        let end = offset + 1 + length
        guard bytes.count >= end else { return nil }
        defer { offset = end }
        return BackendMessage(
            kind: Kind(rawValue: bytes[offset]), body: UnsafeRawBufferPointer(rebasing: bytes[(offset + 5)..<end]))
    }
}

/// Whether the server is inside a transaction, as it says with each `ReadyForQuery`.
enum TransactionStatus: UInt8, Sendable {
    case idle = 0x49
    case open = 0x54
    case failed = 0x45

    init(_ message: BackendMessage) throws(ProtocolViolation) {
        var reader = MessageReader(message.body)
        guard let status = TransactionStatus(rawValue: try reader.int8()) else { throw ProtocolViolation("an unknown transaction status") }
        try reader.finish()
        self = status
    }
}
