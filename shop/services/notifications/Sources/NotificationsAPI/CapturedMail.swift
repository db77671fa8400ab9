import Foundation
import Roost

/// A mail that was not sent, as there is no mail server.
@Schema
public struct CapturedMail {
    public var to: String
    public var subject: String
    public var text: String
    public var html: String
    public var sentAt: Date
}

/// Mails, the newest first.
@Schema
public struct CapturedMails {
    public var items: [CapturedMail]
}
