import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An email to one person.
public struct Mail: Hashable, Sendable {
    /// Becomes the `Message-ID`, the same at every attempt to deliver.
    public let id: UUID
    public let from: MailAddress
    public let to: MailAddress
    public let subject: String
    /// The content as plain text.
    public let text: String
    /// The same content as HTML.
    public let html: String?
    /// When it was written.
    public let date: Date

    /// The most bytes that a text may have: 1 MiB.
    public static let textLimit = 1 << 20

    /// - Throws: a `MailError` where the subject has control characters, such as the line breaks that would begin another header
    ///   field, or something is too long.
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

/// Why a mail cannot be made or was not delivered.
public struct MailError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// It is no mail.
        case invalid
        /// The receiver will not take it, however often it is tried.
        case permanent
        /// Another attempt may succeed.
        case temporary
    }

    public let kind: Kind
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { "\(kind.rawValue): \(message)" }
}

extension MailError: ClassifiedError {
    public var failureKind: FailureKind { kind == .temporary ? .transient : .permanent }
}
