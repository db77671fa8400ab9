import AccountsAPI
import Foundation
import Money
import OrdersAPI
import Roost
import RoostMail

/// Composes the mails.
struct MailTemplates: Sendable {
    let from: MailAddress

    func welcome(_ event: AccountCreated) throws -> Mail {
        try mail(
            id: event.accountId, to: event.email, subject: "Welcome to Roost Market",
            paragraphs: ["Hello \(event.name),", "Your account is ready. Sign in with this address and enjoy the shop."])
    }

    func end(of event: OrderEnded) throws -> Mail {
        let number = String(event.orderId.text.suffix(8))
        let (subject, message) = try words(for: event.status, number)
        let items = event.items.map { "\($0.quantity) × \($0.name), \($0.lineTotal)" }
        return try mail(
            id: event.orderId, to: event.email, subject: subject, paragraphs: ["Hello,", message],
            items: items + ["Total: \(event.total)"])
    }

    /// Returns the subject and the message for a final status.
    /// - Throws: A `Problem` with status 422 if the status is not final.
    private func words(for status: OrderStatus, _ number: String) throws(Problem) -> (subject: String, message: String) {
        switch status {
        case .rejected:
            ("Your order \(number) could not be filled", "We do not have enough of what you ordered. You were not charged.")
        case .declined: ("Your order \(number) could not be paid", "Your payment was declined, and nothing was charged.")
        case .cancelled: ("Your order \(number) is cancelled", "Your order is cancelled. Any payment will be refunded.")
        case .confirmed: ("Your order \(number) is confirmed", "Thank you! Your order is paid and on its way.")
        case .pending, .reserved, .paid: throw Problem(.unprocessable, "An order that is \(status.rawValue) has not come to its end.")
        }
    }

    private func mail(id: UUID, to address: String, subject: String, paragraphs: [String], items: [String] = []) throws -> Mail {
        let text = (paragraphs + (items.isEmpty ? [] : [items.map { "- " + $0 }.joined(separator: "\n")])).joined(separator: "\n\n")
        let list = items.isEmpty ? "" : "<ul>\(items.map { "<li>\(escaped($0))</li>" }.joined())</ul>"
        let html = paragraphs.map { "<p>\(escaped($0))</p>" }.joined() + list
        return try Mail(
            id: id, from: from, to: MailAddress(address), subject: subject, text: text + "\n",
            html: "<!doctype html><html><body>\(html)</body></html>")
    }

    private func escaped(_ text: String) -> String {
        // By Unicode scalar: with a combining mark after it, a "<" is another character for Swift, but the same for a browser.
        text.unicodeScalars.reduce(into: "") { html, scalar in
            switch scalar {
            case "&": html += "&amp;"
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "\"": html += "&quot;"
            default: html.unicodeScalars.append(scalar)
            }
        }
    }
}
