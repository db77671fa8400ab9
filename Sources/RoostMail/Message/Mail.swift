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
    /// The time at which the mail was written.
    public let date: Date

    /// The largest text: 1 MiB.
    public static let textLimit = 1 << 20

    /// Creates a mail.
    /// - Throws: A `MailError` if the subject contains control characters, such as the line breaks that would begin another header field,
    ///   or something is too long.
    public init(
        id: UUID = .v7(), from: MailAddress, to: MailAddress, subject: String, text: String, html: String? = nil, date: Date = Date()
    ) throws(MailError) {
        try Self.checkLine(subject, "the subject")
        guard text.utf8.count <= Self.textLimit, html?.utf8.count ?? 0 <= Self.textLimit else {
            throw MailError(.invalid, "the text is longer than \(Self.textLimit) bytes")
        }
        self.id = id
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.html = html
        self.date = date
    }

    static func checkLine(_ line: String, _ what: String) throws(MailError) {
        guard line.utf8.count <= 998 else { throw MailError(.invalid, "\(what) is longer than 998 bytes") }
        guard !line.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw MailError(.invalid, "\(what) has control characters")
        }
    }
}

/// Why a mail cannot be created, or was not delivered.
public struct MailError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failures.
    public enum Kind: String, Sendable {
        /// The mail is invalid.
        case invalid
        /// The receiver refuses the mail permanently.
        case permanent
        /// Another attempt may succeed.
        case temporary
    }

    /// The kind of the failure.
    public let kind: Kind
    /// What happened, for a log.
    public let message: String

    /// Creates an error.
    /// - Parameters:
    ///   - kind: The kind of the failure.
    ///   - message: What happened, for a log.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The kind and the message.
    public var description: String { "\(kind.rawValue): \(message)" }
}

extension MailError: ClassifiedError {
    /// Transient if another attempt may succeed, otherwise permanent.
    public var failureKind: FailureKind { kind == .temporary ? .transient : .permanent }
}
