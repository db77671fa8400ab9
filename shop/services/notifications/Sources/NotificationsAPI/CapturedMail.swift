import Foundation
import Roost

/// A mail that was captured and not sent, because no mail server is configured.
@Schema
public struct CapturedMail {
    /// The address of the recipient.
    public var to: String
    /// The subject.
    public var subject: String
    /// The content as plain text.
    public var text: String
    /// The content as HTML.
    public var html: String
    /// When the mail was captured.
    public var sentAt: Date
}

/// A list of captured mails.
@Schema
public struct CapturedMails {
    /// The mails, newest first.
    public var items: [CapturedMail]
}
