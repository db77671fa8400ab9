import AccountsAPI
import NotificationsAPI
import OrdersAPI
import Roost
import RoostData
import RoostEvents
import RoostMail
import ShopMail

/// Implements the contract of the notifications, and queues a mail for each event that concerns a customer.
///
/// A mail is queued in the transaction that records its event as handled, under the identifier of the account or the order, so each event
/// causes one mail.
@Service(NotificationsAPI.self)
struct Notifications: NotificationsAPI {
    let mailer: ShopMailer
    let mails: CustomerMails
    let isDevelopment: Bool

    func mail(to: String?) async throws -> CapturedMails {
        guard isDevelopment else { throw Problem(.notFound, "There is nothing at /dev/mail.") }
        let mails = try await mailer.queue.captured(to: to, limit: 100)
        return CapturedMails(items: mails.map(CapturedMail.init))
    }

    @Subscribe(AccountCreated.self, named: "welcome-mail", formerly: ["notifications.welcome"])
    func welcome(_ event: AccountCreated, in transaction: Transaction) async throws {
        let values = WelcomeMail(name: event.name, site: mailer.site)
        try await mailer.send(mails.welcome, values, id: event.accountId, to: event.email, in: transaction)
    }

    @Subscribe(OrderEnded.self, named: "order-mail", formerly: ["notifications.tell"])
    func tell(_ event: OrderEnded, in transaction: Transaction) async throws {
        let values = OrderMail(event, site: mailer.site)
        try await mailer.send(mails.end(event.status), values, id: event.orderId, to: event.email, in: transaction)
    }
}

extension CapturedMail {
    fileprivate init(_ mail: Mail) {
        self.init(to: mail.to.address, subject: mail.subject, text: mail.text, html: mail.html ?? "", sentAt: mail.date)
    }
}
