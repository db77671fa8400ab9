import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An email to one person.
public struct Mail: Hashable, Sendable {
    /// The identifier, from which the `Message-ID` is made. It is the same in every attempt to deliver.
    public let id: UUID
    /// The sender.
    public let from: MailAddress
    /// The receiver.
    public let to: MailAddress
    /// The subject, at most 998 bytes without control characters.
    public let subject: String
    /// The content as plain text.
    public let text: String
    /// The same content as HTML.
    public let html: String?
    /// Files, and images of the HTML.
    public let attachments: [Attachment]
    /// The time at which the mail was written.
    public let date: Date

    /// The largest size of a text, in bytes: 1 MiB.
    public static let textLimit = 1 << 20
    /// The largest size of all attachments together, in bytes: 10 MiB. Encoded, they are a third larger, and many servers refuse messages that are
    /// larger than 20 to 25 MB.
    public static let attachmentLimit = 10 << 20

    /// Creates a mail.
    /// - Parameters:
    ///   - id: The identifier; a new one by default. Derive it from the change that the mail is about, so that there is one mail for each change.
    ///   - from: The sender.
    ///   - to: The receiver.
    ///   - subject: The subject: at most 998 bytes without control characters.
    ///   - text: The content as plain text: at most `textLimit` bytes.
    ///   - html: The same content as HTML: at most `textLimit` bytes.
    ///   - attachments: Files, and images of the HTML: at most 100 with `attachmentLimit` bytes together. Each image has an identifier of its own.
    ///   - date: The time at which the mail was written.
    /// - Throws: A `Problem` with status 422 if one of these is too long, the subject has control characters, such as line breaks, which would
    ///   begin another header field, or there are images but no HTML that could show them.
    public init(
        id: UUID = .v7(), from: MailAddress, to: MailAddress, subject: String, text: String, html: String? = nil,
        attachments: [Attachment] = [], date: Date = Date()
    ) throws(Problem) {
        try Self.checkLine(subject, "/subject")
        guard text.utf8.count <= Self.textLimit, html?.utf8.count ?? 0 <= Self.textLimit else {
            throw Problem.invalid([Fault(pointer: "/text", rule: "length", message: "must have at most \(Self.textLimit) bytes")])
        }
        try Self.check(attachments, hasHTML: html != nil)
        self.id = id
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.html = html
        self.attachments = attachments
        self.date = date
    }

    private static func check(_ attachments: [Attachment], hasHTML: Bool) throws(Problem) {
        guard attachments.count <= 100, attachments.reduce(0, { $0 + $1.content.count }) <= attachmentLimit else {
            let message = "must be at most 100 files with \(attachmentLimit) bytes together"
            throw Problem.invalid([Fault(pointer: "/attachments", rule: "size", message: message)])
        }
        let images = attachments.compactMap(\.contentID)
        guard hasHTML || images.isEmpty, Set(images).count == images.count else {
            let message = "must have HTML that shows the images, and a content identifier of its own for each of them"
            throw Problem.invalid([Fault(pointer: "/attachments", rule: "images", message: message)])
        }
    }

    static func checkLine(_ line: String, _ pointer: String) throws(Problem) {
        guard line.utf8.count <= 998 else {
            throw Problem.invalid([Fault(pointer: pointer, rule: "length", message: "must have at most 998 bytes")])
        }
        guard !line.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw Problem.invalid([Fault(pointer: pointer, rule: "characters", message: "must have no control characters")])
        }
    }
}

extension TransportError.Code {
    /// The server will never accept the mail, however often it is tried.
    public static let mailRefused = TransportError.Code(rawValue: "mail_refused")
    /// The mail was not accepted, but another attempt may succeed (RFC 5321 §4.2.1, "transient negative completion").
    public static let mailDeferred = TransportError.Code(rawValue: "mail_deferred")
}

extension TransportError {
    /// Creates the error of a mail that the server will never accept.
    /// - Parameter reason: Why, for the log.
    public static func mailRefused(_ reason: String) -> TransportError {
        TransportError(.mailRefused, reason, failureKind: .permanent)
    }

    /// Creates the error of a mail that was not accepted, but may be accepted later.
    /// - Parameter reason: Why, for the log.
    public static func mailDeferred(_ reason: String) -> TransportError { TransportError(.mailDeferred, reason) }
}
