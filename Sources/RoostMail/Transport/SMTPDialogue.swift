import Synchronization

/// What libcurl and a transfer tell each other: the message that is read, the replies of the server, and whether somebody waits for the end.
///
/// It belongs to the thread of the transfer; only the interruption comes from elsewhere.
final class SMTPDialogue {
    private let message: [UInt8]
    private let interruption: Interruption
    private var offset = 0
    /// The lines of the last reply and of the one before it.
    private var lines: [String] = [], earlier: [String] = []
    private var isReplyComplete = false
    /// Whether the server has accepted the message. What comes after that is only its reply to `QUIT`.
    private(set) var isAccepted = false

    /// The wish to end a transfer, from any thread.
    final class Interruption: Sendable {
        private let flag = Atomic(false)
        var isRequested: Bool { flag.load(ordering: .acquiring) }
        func request() { flag.store(true, ordering: .releasing) }
    }

    init(_ message: [UInt8], interruption: Interruption) {
        self.message = message
        self.interruption = interruption
    }

    /// Whether the server has seen a part of the message.
    var hasSent: Bool { offset > 0 }

    /// Returns the last reply with a code as one line, such as `550 5.1.1 No such mailbox`. The very last one may answer the `QUIT` with
    /// which libcurl takes leave after an error.
    func reply(_ code: Int) -> String {
        let replies = [lines, earlier]
        return (replies.first { $0.first?.hasPrefix("\(code)") == true } ?? ["\(code)"]).joined(separator: " ")
    }

    /// Copies the next bytes of the message.
    func read(into target: UnsafeMutableRawBufferPointer) -> Int {
        let piece = message[offset...].prefix(target.count)
        target.copyBytes(from: piece)
        offset += piece.count
        return piece.count
    }

    /// Takes a line of a reply (RFC 5321 §4.2.1): `250-more` or, as the last one, `250 done`.
    func take(_ bytes: UnsafeRawBufferPointer) {
        if isReplyComplete {
            earlier = lines
            lines = []
        }
        isReplyComplete = bytes.count < 4 || bytes[3] != UInt8(ascii: "-")
        if offset == message.count, bytes.first == UInt8(ascii: "2") { isAccepted = true }
        guard lines.count < Self.lineLimit else { return }
        let scalars = String(decoding: bytes.prefix(Self.lengthLimit), as: UTF8.self).unicodeScalars
        let printable = String(String.UnicodeScalarView(scalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
        let words = printable.dropFirst(4).split(separator: " ")
        // Every line repeats the code.
        lines.append((lines.isEmpty ? [printable.prefix(3)] + words : words).joined(separator: " "))
    }

    /// Whether the transfer ends now. Once the whole message was read, it goes on until the server has replied: it may have accepted the mail.
    var mustEnd: Bool { isAccepted || interruption.isRequested && offset < message.count }

    /// How much of a reply is kept.
    private static let lineLimit = 8, lengthLimit = 512
}
