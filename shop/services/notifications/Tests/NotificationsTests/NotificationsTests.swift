import AccountsAPI
import Foundation
import Money
import Notifications
import NotificationsAPI
import OrdersAPI
import Roost
import RoostEvents
import RoostTesting
import Testing

@Suite struct NotificationsTests {
    @Test func someoneNewIsWelcomed() async throws {
        try await run { bus, notifications in
            try await bus.append([envelope(AccountCreated(accountId: .v7(), email: "ada@example.com", name: "Ada"))])
            let mail = try #require(try await mails(1, to: "ada@example.com", notifications).first)
            #expect(mail.subject == "Welcome to Roost Market" && mail.to == "ada@example.com")
            #expect(mail.text.hasPrefix("Hello Ada,") && mail.html.contains("<p>Hello Ada,</p>"))
        }
    }

    @Test(arguments: [
        (OrderStatus.confirmed, "is confirmed"), (.declined, "could not be paid"), (.rejected, "could not be filled"),
        (.cancelled, "is cancelled"),
    ])
    func eachEndOfAnOrderIsTold(status: OrderStatus, words: String) async throws {
        try await run { bus, notifications in
            let end = ended(status)
            try await bus.append([envelope(end)])
            let mail = try #require(try await mails(1, to: end.email, notifications).first)
            #expect(mail.subject == "Your order \(end.orderId.text.suffix(8)) \(words)")
            #expect(mail.text.contains("- 2 × Tea, 10.04 EUR\n- Total: 10.04 EUR"))
            #expect(mail.html.contains("<li>2 × Tea, 10.04 EUR</li>"))
        }
    }

    @Test func anEventThatComesTwiceHasOneMail() async throws {
        try await run { bus, notifications in
            let first = envelope(ended(.confirmed)), last = envelope(ended(.declined))
            try await bus.append([first])
            _ = try await mails(1, to: "ada@example.com", notifications)
            try await bus.deadLetters.add(DeadLetter(envelope: first, group: "notifications", error: "again", attempts: 1))
            #expect(try await bus.deadLetters.replay(first.id, group: "notifications"))
            try await bus.append([last])
            let subjects = try await mails(2, to: "ada@example.com", notifications).map { $0.subject.split(separator: " ").last }
            #expect(subjects == ["paid", "confirmed"])
        }
    }

    @Test func whatCustomersWriteIsNoMarkup() async throws {
        try await run { bus, notifications in
            let name = #"<script>alert("1")</script> & Co"#
            try await bus.append([envelope(AccountCreated(accountId: .v7(), email: "eve@example.com", name: name))])
            let mail = try #require(try await mails(1, to: "eve@example.com", notifications).first)
            #expect(mail.html.contains("Hello &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; Co,"))
            #expect(!mail.html.contains("<script>") && mail.text.contains(name))
        }
    }

    @Test func mailsAreFoundByTheirReceiver() async throws {
        try await run { bus, notifications in
            for name in ["ada", "eve"] {
                try await bus.append([envelope(AccountCreated(accountId: .v7(), email: "\(name)@example.com", name: name))])
            }
            _ = try await mails(1, to: "ada@example.com", notifications)
            #expect(try await mails(1, to: "eve@example.com", notifications).map(\.to) == ["eve@example.com"])
            #expect(try await notifications.mail(to: nil).items.map(\.to) == ["eve@example.com", "ada@example.com"])
            #expect(try await notifications.mail(to: "none@example.com").items.isEmpty)
        }
    }

    @Test func outsideOfDevelopmentNobodySeesMail() async throws {
        try await TestSystem.run(["ENVIRONMENT": "production"]) {
            NotificationsService()
        } test: { system in
            let notifications = try await system.client(NotificationsAPIContract.self)
            await #expect(performing: { try await notifications.mail(to: nil) }, throws: refused(with: .notFound))
        }
        let error = await #expect(throws: ConfigurationError.self) {
            try await TestSystem.run(["ENVIRONMENT": "prod"]) {
                NotificationsService()
            } test: { _ in
            }
        }
        #expect(error?.description == "ENVIRONMENT=prod is wrong: it must be one of development, production")
    }

    // MARK: What the tests share

    private func run(_ test: (EmbeddedEventBus, any NotificationsAPI) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        try await TestSystem.run(in: folder) {
            NotificationsService()
        } test: { system in
            let bus = try await EmbeddedEventBus.open("sqlite:\(folder.path)/events.db")
            try await test(bus, system.client(NotificationsAPIContract.self))
            await bus.close()
        }
    }

    private func mails(_ count: Int, to address: String, _ notifications: any NotificationsAPI) async throws -> [CapturedMail] {
        try await eventually("\(count) mails to \(address)") {
            let mails = try await notifications.mail(to: address).items
            return mails.count >= count ? mails : nil
        }
    }

    private func envelope(_ event: some Event) -> EventEnvelope { EventEnvelope(event, source: "test") }

    private func ended(_ status: OrderStatus) -> OrderEnded {
        let item = OrderItem(sku: "TEA", name: "Tea", quantity: 2, unitPrice: .euros(cents: 502), lineTotal: .euros(cents: 1004))
        return OrderEnded(
            orderId: .v7(), accountId: .v7(), email: "ada@example.com", status: status, items: [item], total: .euros(cents: 1004))
    }
}
