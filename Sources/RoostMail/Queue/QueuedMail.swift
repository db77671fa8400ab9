import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A mail as the database stores it. It may be invalid by today's rules, because an earlier version may have written it.
@Schema
struct QueuedMail {
    var id: UUID
    var from: String
    var fromName: String?
    var to: String
    var toName: String?
    var subject: String
    var text: String
    var html: String?
    /// Absent in rows of versions that had no attachments.
    var attachments: [File]?
    /// The time at which the mail was written, in milliseconds since 1970.
    var writtenAt: Int

    /// An attachment.
    @Schema
    struct File {
        var name: String
        var type: String
        var content: Data
        var contentID: String?
    }
}

extension QueuedMail {
    init(_ mail: Mail) {
        self.init(
            id: mail.id, from: mail.from.address, fromName: mail.from.name, to: mail.to.address, toName: mail.to.name,
            subject: mail.subject, text: mail.text, html: mail.html,
            attachments: mail.attachments.isEmpty
                ? nil : mail.attachments.map { File(name: $0.name, type: $0.type, content: Data($0.content), contentID: $0.contentID) },
            writtenAt: Int((mail.date.timeIntervalSince1970 * 1000).rounded()))
    }

    /// The mail.
    /// - Throws: A `Problem` with status 422 if it is not a valid mail.
    var mail: Mail {
        get throws(Problem) {
            var files: [Mail.Attachment] = []
            for file in attachments ?? [] {
                files.append(try Mail.Attachment(file.name, file.type, Array(file.content), contentID: file.contentID))
            }
            return try Mail(
                id: id, from: MailAddress(from, name: fromName), to: MailAddress(to, name: toName), subject: subject, text: text,
                html: html, attachments: files, date: Date(timeIntervalSince1970: Double(writtenAt) / 1000))
        }
    }
}
