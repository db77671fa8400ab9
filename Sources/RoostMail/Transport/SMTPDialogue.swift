import Synchronization

/// The state that a transfer shares with libcurl: the message that libcurl reads, the server's replies, and whether the transfer is to be
/// interrupted.
///
/// It is used on the thread of the transfer only, except for the interruption.
final class SMTPDialogue {
    private let message: [UInt8]
    private let interruption: Interruption
    private var offset = 0
    /// The lines of the last reply and of the one before it.
    private var lines: [String] = [], earlier: [String] = []
    private var isReplyComplete = false
    /// Whether the server has accepted the message. Only its reply to `QUIT` follows.
    private(set) var isAccepted = false
    private var isAnswered = false

    /// A request to end a transfer, which any thread can make.
    final class Interruption: Sendable {
        private let flag = Atomic(false)
        var isRequested: Bool { flag.load(ordering: .acquiring) }
        func request() { flag.store(true, ordering: .releasing) }
    }

    init(_ message: [UInt8], interruption: Interruption) {
        self.message = message
        self.interruption = interruption
    }

    /// Whether libcurl has read a part of the message, so that the server may have received it.
    var hasSent: Bool { offset > 0 }

    /// Returns the last reply that has a code, as one line, such as `550 5.1.1 No such mailbox`. The reply after it may be the answer to the `QUIT`
    /// that libcurl sends after an error.
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
        // The first reply after the message is the one to it. What follows belongs to `QUIT`.
        if offset == message.count, !isAnswered {
            isAnswered = true
            isAccepted = bytes.first == UInt8(ascii: "2")
        }
        guard lines.count < Self.lineLimit else { return }
        let scalars = String(decoding: bytes.prefix(Self.lengthLimit), as: UTF8.self).unicodeScalars
        let printable = String(String.UnicodeScalarView(scalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
        let words = printable.dropFirst(4).split(separator: " ")
        // Every line repeats the code.
        lines.append((lines.isEmpty ? [printable.prefix(3)] + words : words).joined(separator: " "))
    }

    /// Whether the transfer ends now: because the server has accepted the message, or because of an interruption. Once libcurl has read the whole
    /// message, an interruption waits for the server's reply, which says whether the server has accepted it.
    var mustEnd: Bool { isAccepted || interruption.isRequested && offset < message.count }

    /// The number of lines of a reply that are kept, and the bytes of each line.
    private static let lineLimit = 8, lengthLimit = 512
}
