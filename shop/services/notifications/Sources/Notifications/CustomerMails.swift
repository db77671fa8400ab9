import AccountsAPI
import Foundation
import OrdersAPI
import Roost
import RoostMailTemplates

/// The values of the mail to a new customer.
@Schema
struct WelcomeMail {
    /// The customer's name.
    var name: String
    /// The address of the shop.
    var site: String?
}

/// The values of the mail about the end of an order.
@Schema
struct OrderMail {
    /// A product that was ordered.
    @Schema
    struct Line {
        var quantity: Int
        var name: String
        /// The price of all of them.
        var price: String
    }

    /// The end of the order's identifier, by which customers can tell their orders apart.
    var number: String
    var items: [Line]
    var total: String
    /// The address of the shop.
    var site: String?
    /// The address of the page that shows the order.
    var link: String?
}

/// The mails to customers. Their texts are in the folder `templates`.
struct CustomerMails: Sendable {
    /// To a new customer.
    let welcome: MailTemplate<WelcomeMail>
    private let confirmed: MailTemplate<OrderMail>
    private let rejected: MailTemplate<OrderMail>
    private let declined: MailTemplate<OrderMail>
    private let cancelled: MailTemplate<OrderMail>

    /// Reads the templates.
    /// - Throws: A `ConfigurationError` if one of them is missing or is not valid.
    init() throws(ConfigurationError) {
        let templates = try MailTemplates(folder: Bundle.module.bundleURL.appending(path: "templates"))
        welcome = try templates.template("welcome", for: WelcomeMail.self)
        confirmed = try templates.template("order-confirmed", for: OrderMail.self)
        rejected = try templates.template("order-rejected", for: OrderMail.self)
        declined = try templates.template("order-declined", for: OrderMail.self)
        cancelled = try templates.template("order-cancelled", for: OrderMail.self)
    }

    /// Returns the mail about an order that has ended with a status.
    /// - Throws: A `Problem` with status 422 if the status is not final.
    func end(_ status: OrderStatus) throws(Problem) -> MailTemplate<OrderMail> {
        switch status {
        case .confirmed: confirmed
        case .rejected: rejected
        case .declined: declined
        case .cancelled: cancelled
        case .pending, .reserved, .paid: throw Problem(.unprocessable, "An order that is \(status.rawValue) has not come to its end.")
        }
    }
}

extension OrderMail {
    /// - Parameters:
    ///   - event: The end of the order.
    ///   - site: The address of the shop.
    init(_ event: OrderEnded, site: String?) {
        self.init(
            number: String(event.orderId.text.suffix(8)),
            items: event.items.map { Line(quantity: $0.quantity, name: $0.name, price: "\($0.lineTotal)") },
            total: "\(event.total)", site: site, link: site.map { "\($0)/#/orders/\(event.orderId.text)" })
    }
}
