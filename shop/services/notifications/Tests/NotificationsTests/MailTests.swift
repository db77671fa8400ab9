import AccountsAPI
import Foundation
import Money
import Notifications
import NotificationsAPI
import OrdersAPI
import Roost
import RoostData
import RoostEvents
import RoostSQLite
import RoostSystemTesting
import TestTools
import Testing

@Suite(.timeLimit(.minutes(5))) struct MailTests {
    private let ada = "ada@example.com"

    @Test func aNewAccountIsWelcomed() async throws {
        try await NotificationsSystem.run { system in
            try await system.publish(.signUp(of: "Ada", ada))
            let mail = try #require(try await system.mails(to: ada, count: 1).first)
            #expect(mail.to == ada && mail.subject == "Welcome to Roost Market")
            #expect(mail.text.hasPrefix("Hello Ada,\n\n") && mail.html.contains(">Hello Ada,</p>"))
        }
    }

    @Test(arguments: [
        (OrderStatus.confirmed, "is confirmed", "Your order is paid"), (.rejected, "could not be filled", "not charged"),
        (.declined, "could not be paid", "was declined"), (.cancelled, "is cancelled", "will be refunded"),
    ])
    func anOrdersEndIsToldInBothBodies(status: OrderStatus, subject: String, words: String) async throws {
        try await NotificationsSystem.run { system in
            let order = UUID.v7()
            try await system.publish(.end(of: order, status, to: ada))
            let mail = try #require(try await system.mails(to: ada, count: 1).first)
            #expect(mail.subject == "Your order \(order.text.suffix(8)) \(subject)")
            for body in [mail.text, mail.html] {
                #expect(body.contains(words) && body.contains("2 × Mug") && body.contains("37.04 EUR"))
            }
            #expect(mail.text.contains("- 2 × Mug, 37.04 EUR\n\nTotal: 37.04 EUR\n"))
        }
    }

    /// Whatever the HTML of a mail says, its text says too, in the same order.
    @Test(arguments: [OrderStatus.confirmed, .rejected, .declined, .cancelled])
    func theTwoBodiesSayTheSame(status: OrderStatus) async throws {
        try await NotificationsSystem.run(["PUBLIC_URL": "https://shop.example/"]) { system in
            let order = UUID.v7()
            try await system.publish(.signUp(of: "Ada", ada), .end(of: order, status, to: ada))
            for mail in try await system.mails(to: ada, count: 2) {
                let words = Set(mail.text.split { !$0.isLetter && !$0.isNumber })
                let html = mail.html.replacing(/<style>[^<]*<\/style>|<[^>]*>|&#[0-9]+;/.dotMatchesNewlines(), with: " ")
                for word in html.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) where !["Roost", "Market", "Order"].contains(word)
                {
                    #expect(
                        words.contains(word) || mail.subject.contains(word) || mail.text.lowercased().contains(word.lowercased()), "\(word)"
                    )
                }
                #expect(mail.text.contains("https://shop.example\n"))
            }
            let mail = try #require(try await system.mails(to: ada, count: 2).first { $0.subject.contains("order") })
            let link = "https://shop.example/#/orders/\(order.text)"
            #expect(mail.text.contains("See your order: \(link)\n") && mail.html.contains("href=\"\(link)\""))
        }
    }

    @Test func aMailReachesItsServerFromTheShopsAddresses() async throws {
        let server = try await MailServer.start()
        let settings = [
            "SMTP_URL": "smtp://127.0.0.1:\(server.port)", "BOUNCE_ADDRESS": "bounces@shop.example", "MAIL_FROM": "market@shop.example",
        ]
        try await NotificationsSystem.run(settings) { system in
            let order = UUID.v7()
            try await system.publish(.end(of: order, .rejected, to: ada))
            let received = try await server.next()
            #expect(received.sender == "bounces+\(order.text)@shop.example" && received.receivers == [ada])
            let message = String(decoding: received.message, as: UTF8.self)
            #expect(message.contains("From: \"Roost Market\"\r\n <market@shop.example>\r\n"))
            #expect(message.contains("Message-ID: <\(order.text)@shop.example>\r\n"))
        }
    }

    @Test func whatCustomersWriteIsEscapedInHTMLOnly() async throws {
        try await NotificationsSystem.run { system in
            let name = #"<script src="x">&</script>"#
            try await system.publish(.signUp(of: name, ada))
            try await system.publish(.end(of: .v7(), .confirmed, to: ada, item: name))
            for mail in try await system.mails(to: ada, count: 2) {
                #expect(mail.html.contains("&lt;script src=&quot;x&quot;&gt;&amp;&lt;/script&gt;") && !mail.html.contains("<script"))
                #expect(mail.text.contains(name))
            }
        }
    }

    @Test(arguments: ["<\u{301}b>&\u{301}\"\u{301}", "علی‌رضا", "👩‍👩‍👧 🏴󠁧󠁢󠁳󠁣󠁴󠁿", "Ju\u{308}rgen", "山田", "=?utf-8?q?x?="])
    func aNameOfAnyTextStaysWhole(name: String) async throws {
        try await NotificationsSystem.run { system in
            try await system.publish(.signUp(of: name, ada))
            let mail = try #require(try await system.mails(to: ada, count: 1).first)
            let text = "Hello \(name),\n\nYour account is ready. Sign in with this address and enjoy the shop.\n"
            #expect(mail.text.utf8.starts(with: text.utf8))
            let escaped = name.unicodeScalars.map { ["<": "&lt;", ">": "&gt;", "&": "&amp;", "\"": "&quot;"][$0] ?? String($0) }.joined()
            let html = Array(">Hello \(escaped),</p>".utf8)
            #expect(Array(mail.html.utf8).firstRange(of: html) != nil)
        }
    }

    @Test func anOrderHasOneMailHoweverOftenItsEndIsTold() async throws {
        try await NotificationsSystem.run { system in
            let order = UUID.v7()
            let end = EventEnvelope.end(of: order, .confirmed, to: ada)
            try await system.publish(end, end, .end(of: order, .confirmed, to: ada))
            // It is handled after the others, because it has the same key.
            try await system.publish(.signUp(of: "Last", "last@example.com", key: order))
            _ = try await system.mails(to: "last@example.com", count: 1)
            #expect(try await system.mails(to: ada, count: 1).count == 1)
        }
    }

    @Test func anEventDeliveredAgainAfterARestartHasNoSecondMail() async throws {
        let folder = try TemporaryFolder()
        let account = UUID.v7()
        try await NotificationsSystem.run(in: folder) { system in
            try await system.publish(.signUp(account, of: "Ada", ada))
            _ = try await system.mails(to: ada, count: 1)
        }
        // As if the process had died before it committed its position.
        let bus = try await Database.open(folder.databaseURL("events.db"))
        try await bus.execute("UPDATE roost_event_lanes SET position = 0")
        await bus.close()
        try await NotificationsSystem.run(in: folder) { system in
            // It is handled after the repeated event, because it has the same key.
            try await system.publish(.signUp(of: "Last", "last@example.com", key: account))
            _ = try await system.mails(to: "last@example.com", count: 1)
            #expect(try await system.mails(to: ada, count: 1).count == 1)
        }
    }

    @Test func mailsAreListedByAddressTheNewestFirst() async throws {
        try await NotificationsSystem.run { system in
            try await system.publish(.signUp(of: "Ada", ada), .signUp(of: "Eve", "eve@example.com"))
            _ = try await system.mails(to: ada, count: 1)
            try await system.publish(.end(of: .v7(), .confirmed, to: ada))
            let mails = try await system.mails(to: ada, count: 2)
            #expect(mails.allSatisfy { $0.to == ada })
            #expect(mails.map { $0.subject.contains("order") } == [true, false])
            #expect(mails[0].sentAt >= mails[1].sentAt)
        }
    }

    @Test func anUnreadableEventDoesNotHoldUpOthers() async throws {
        try await NotificationsSystem.run { system in
            let account = UUID.v7()
            let unreadable = EventEnvelope(source: "accounts", topic: AccountCreated.topic, key: account.text, data: Array("{}".utf8))
            try await system.publish(unreadable, .signUp(account, of: "Ada", ada))
            #expect(try await system.mails(to: ada, count: 1).count == 1)
        }
    }
}

extension EventEnvelope {
    /// - Parameter key: Events with the same key are handled in order; by default the account's identifier.
    fileprivate static func signUp(_ account: UUID = .v7(), of name: String, _ email: String, key: UUID? = nil) -> EventEnvelope {
        var envelope = EventEnvelope(AccountCreated(accountId: account, email: email, name: name), source: "accounts")
        if let key { envelope.key = key.text }
        return envelope
    }

    fileprivate static func end(of order: UUID, _ status: OrderStatus, to email: String, item: String = "Mug") -> EventEnvelope {
        let line = OrderItem(sku: "MUG", name: item, quantity: 2, unitPrice: .euros(cents: 1852), lineTotal: .euros(cents: 3704))
        return EventEnvelope(
            OrderEnded(orderId: order, accountId: .v7(), email: email, status: status, items: [line], total: .euros(cents: 3704)),
            source: "orders")
    }
}
