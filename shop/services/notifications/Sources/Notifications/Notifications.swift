import AccountsAPI
import Foundation
import NotificationsAPI
import OrdersAPI
import Roost
import RoostData
import RoostEvents
import RoostMail

/// Implements the contract of the notifications, and queues a mail for each event that concerns a customer.
///
/// A mail is queued in the transaction that records its event as handled, so each event causes one mail.
@Service(NotificationsAPI.self)
struct Notifications: NotificationsAPI {
    let queue: MailQueue
    let templates: MailTemplates
    let isDevelopment: Bool

    func mail(to: String?) async throws -> CapturedMails {
        guard isDevelopment else { throw Problem(.notFound, "There is nothing at /dev/mail.") }
        let mails = try await queue.captured(to: to, limit: 100)
        return CapturedMails(items: mails.map(CapturedMail.init))
    }

    @Subscribe(AccountCreated.self, named: "welcome-mail", formerly: ["notifications.welcome"])
    func welcome(_ event: AccountCreated, in transaction: Transaction) async throws {
        try await queue.enqueue(templates.welcome(event), in: transaction)
    }

    @Subscribe(OrderEnded.self, named: "order-mail", formerly: ["notifications.tell"])
    func tell(_ event: OrderEnded, in transaction: Transaction) async throws {
        try await queue.enqueue(templates.end(of: event), in: transaction)
    }
}

extension CapturedMail {
    fileprivate init(_ mail: Mail) {
        self.init(to: mail.to.address, subject: mail.subject, text: mail.text, html: mail.html ?? "", sentAt: mail.date)
    }
}
