import AccountsAPI
import Foundation
import NotificationsAPI
import OrdersAPI
import Roost
import RoostData
import RoostEvents
import RoostMail

/// Answers for the notifications' contract, and writes a mail for each event that a customer should hear of.
///
/// A mail is queued in the transaction that notes its event as handled, so each event has one mail.
@Service(NotificationsAPI.self)
struct Notifications: NotificationsAPI {
    let queue: MailQueue
    let letters: Letters
    let isDevelopment: Bool

    func mail(to: String?) async throws -> CapturedMails {
        guard isDevelopment else { throw Problem(.notFound, "Nothing is at /dev/mail.") }
        let mails = try await queue.captured(to: to, limit: 100)
        return CapturedMails(items: mails.map(CapturedMail.init))
    }

    @Subscribe(AccountCreated.self)
    func welcome(_ event: AccountCreated, in transaction: Transaction) async throws {
        try await queue.enqueue(letters.welcome(event), in: transaction)
    }

    @Subscribe(OrderEnded.self)
    func tell(_ event: OrderEnded, in transaction: Transaction) async throws {
        try await queue.enqueue(letters.end(of: event), in: transaction)
    }
}

extension CapturedMail {
    fileprivate init(_ mail: Mail) {
        self.init(to: mail.to.address, subject: mail.subject, text: mail.text, html: mail.html ?? "", sentAt: mail.date)
    }
}
