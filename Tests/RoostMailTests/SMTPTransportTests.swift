import Foundation
import Roost
import Testing

@testable import RoostMail

@Suite(.timeLimit(.minutes(5))) struct SMTPTransportTests {
    private func mail(_ text: String = "Hi") throws -> Mail {
        try Mail(from: MailAddress("shop@shop.example"), to: MailAddress("ada@example.com"), subject: "Grüße", text: text, html: "<p>Hi")
    }

    private func failure(_ url: String) async throws -> TransportError? {
        do {
            try await SMTPTransport(url: url).deliver(mail())
            return nil
        } catch let error as TransportError {
            return error
        }
    }

    @Test func aMailArrivesAsItWasWritten() async throws {
        let server = try await SMTPServer.start()
        let mail = try mail(".\n..two\nFrom here\n" + String(repeating: "x", count: 200_000))
        try await SMTPTransport(url: "smtp://127.0.0.1:\(server.port)").deliver(mail)
        #expect(server.messages == [String(decoding: mail.message, as: UTF8.self)])
        #expect(server.commands.contains { $0.hasPrefix("MAIL FROM:<shop@shop.example>") })
        #expect(server.commands.contains { $0.hasPrefix("RCPT TO:<ada@example.com>") })
        try await server.stop()
    }

    @Test(
        "A refusal of the mail is permanent where the server says so; all else may pass",
        arguments: [
            ("RCPT", "550 nobody here", TransportError.Code.mailRefused), ("MAIL", "553 not you", .mailRefused),
            ("DATA", "554 no", .mailRefused), ("END", "554 spam", .mailRefused), ("END", "554-5.7.1 spam\r\n554 5.7.1 see x", .mailRefused),
            ("RCPT", "450 later", .mailDeferred), ("MAIL", "452 full", .mailDeferred), ("END", "451 try again", .mailDeferred),
            ("GREETING", "554 not today", .mailDeferred), ("GREETING", "421 busy", .mailDeferred), ("MAIL", "530 sign in", .mailDeferred),
        ])
    func refusals(word: String, reply: String, code: TransportError.Code) async throws {
        let server = try await SMTPServer.start(replies: [word: .says(reply)])
        let error = try #require(try await failure("smtp://127.0.0.1:\(server.port)"))
        #expect(error.code == code)
        #expect(error.failureKind == (code == .mailRefused ? .permanent : .transient))
        let words = reply.replacing("\r\n554", with: "").replacing("554-", with: "554 ")
        #expect(error.message == "the mail server replied: \(words)")
        try await server.stop()
    }

    @Test(
        "A connection that is cut may pass, wherever it is cut",
        arguments: ["GREETING", "EHLO", "STARTTLS", "MAIL", "RCPT", "DATA", "CONTENT", "END"])
    func cuts(word: String) async throws {
        let server = try await SMTPServer.start(replies: [word: .cuts], offersTLS: word == "STARTTLS")
        let error = try #require(try await failure("smtp://127.0.0.1:\(server.port)"))
        #expect(error.code == .mailDeferred && error.failureKind == .transient)
        #expect(server.messages.count == (word == "END" ? 1 : 0))
        try await server.stop()
    }

    @Test(
        "What is not the protocol may pass",
        arguments: [("GREETING", "HTTP/1.1 400 Bad Request"), ("MAIL", "nonsense"), ("END", "\0\0\0"), ("RCPT", "999 what")])
    func nonsense(word: String, reply: String) async throws {
        // A server is waited for that says nothing that can be understood; this one hangs up.
        let server = try await SMTPServer.start(replies: [word: .saysAndCuts(reply)])
        #expect(try await failure("smtp://127.0.0.1:\(server.port)")?.code == .mailDeferred)
        try await server.stop()
    }

    @Test func aLongReplyIsCut() async throws {
        let long = (0..<50).map { "550\($0 == 49 ? " " : "-")" + String(repeating: "\u{7}x", count: 400) }.joined(separator: "\r\n")
        let server = try await SMTPServer.start(replies: ["RCPT": .says(long)])
        let message = try #require(try await failure("smtp://127.0.0.1:\(server.port)")).message
        #expect(message.utf8.count < 5000 && message.hasPrefix("the mail server replied: 550 x x"))
        #expect(message.utf8.allSatisfy { $0 >= 0x20 })
        try await server.stop()
    }

    @Test func aServerThatIsSilentDoesNotHoldUpTheEnd() async throws {
        let server = try await SMTPServer.start(replies: ["RCPT": .isSilent])
        let delivery = Task { try await SMTPTransport(url: "smtp://127.0.0.1:\(server.port)").deliver(mail()) }
        try await server.hasReceived("RCPT")
        delivery.cancel()
        await #expect(throws: CancellationError.self) { try await delivery.value }
        #expect(server.messages == [])
        try await server.stop()
    }

    @Test("A server that has accepted a mail and does not say goodbye keeps nobody waiting", arguments: [SMTPServer.Reply.isSilent, .cuts])
    func farewells(reply: SMTPServer.Reply) async throws {
        let server = try await SMTPServer.start(replies: ["QUIT": reply])
        let transport = try SMTPTransport(url: "smtp://127.0.0.1:\(server.port)", threads: 1)
        // Each would otherwise take the time limit of a reply.
        for _ in 0..<3 { try await transport.deliver(mail()) }
        #expect(server.messages.count == 3)
        try await server.stop()
    }

    @Test func aMailThatTheServerHasIsWaitedFor() async throws {
        let server = try await SMTPServer.start(replies: ["END": .isSilent])
        let delivery = Task { try await SMTPTransport(url: "smtp://127.0.0.1:\(server.port)").deliver(mail()) }
        try await server.hasReceived("END")
        delivery.cancel()
        server.say("250 taken")
        try await delivery.value
        #expect(server.messages.count == 1)
        try await server.stop()
    }

    @Test func theReturnPathNamesTheMail() async throws {
        let server = try await SMTPServer.start()
        let mail = try mail(), bounces = try #require(BounceAddress("bounces@shop.example"))
        try await SMTPTransport(url: "smtp://127.0.0.1:\(server.port)", bounces: bounces).deliver(mail)
        let sender = try #require(server.commands.first { $0.hasPrefix("MAIL") }?.split(separator: "<").last?.split(separator: ">").first)
        #expect(sender == "bounces+\(mail.id.text)@shop.example")
        #expect(bounces.mailID(in: String(sender)) == mail.id && bounces.mailID(in: sender.uppercased()) == mail.id)
        // The reader of the mail answers to the sender.
        #expect(server.messages[0].contains("From: shop@shop.example\r\n"))
        try await server.stop()
    }

    @Test(arguments: [
        "bounces@shop.example", "bounces+1@shop.example", "bounces+018f@other.example",
        "other+018f0000-0000-7000-8000-000000000000@shop.example",
        "bounces+018f0000-0000-7000-8000-000000000000@other.example", "bounces+018f0000-0000-7000-8000-000000000000+x@shop.example", "",
        "@",
    ])
    func anotherAddressNamesNoMail(address: String) throws {
        #expect(try #require(BounceAddress("bounces@shop.example")).mailID(in: address) == nil)
    }

    @Test(arguments: ["", "bounces", "a+b@shop.example", "bounces@", String(repeating: "b", count: 28) + "@shop.example"])
    func aWrongBounceAddressStopsTheStart(address: String) {
        #expect(BounceAddress(address) == nil)
        guard !address.isEmpty else { return }
        #expect(throws: ConfigurationError.self) { try Settings(["BOUNCE_ADDRESS": address])[.bounceAddress] }
    }

    @Test func nobodyThereMayPass() async throws {
        let server = try await SMTPServer.start()
        try await server.stop()
        #expect(try await failure("smtp://127.0.0.1:\(server.port)")?.code == .mailDeferred)
    }

    @Test func aPasswordIsNotSentWithoutTLS() async throws {
        let server = try await SMTPServer.start()
        let error = try await failure("smtp://user:secret@127.0.0.1:\(server.port)")
        #expect(error?.code == .mailDeferred)
        #expect(error?.description.contains("secret") == false)
        #expect(server.commands.allSatisfy { !$0.hasPrefix("AUTH") && !$0.hasPrefix("MAIL") })
        #expect(server.messages == [])
        try await server.stop()
    }

    @Test func urlsSayWhereAndWho() throws {
        let plain = try SMTPLocation(url: "smtp://mail.example", key: "SMTP_URL")
        #expect(plain.url == "smtp://mail.example:587")
        #expect(plain.credentials == nil)
        let full = try SMTPLocation(url: "smtps://me%40x:p%3Aw@mail.example", key: "SMTP_URL")
        #expect(full.url == "smtps://mail.example:465")
        #expect(full.isSecured && !plain.isSecured)
        #expect(full.credentials == SMTPLocation.Credentials(user: "me@x", password: "p:w"))
        #expect(try SMTPLocation(url: "smtp://[::1]:2525/", key: "SMTP_URL").url == "smtp://[::1]:2525")
    }

    @Test(arguments: [
        "", "mail.example", "http://mail.example", "smtp://", "smtp://user@mail.example", "smtp://mail.example:0",
        "smtp://mail.example:99999", "smtp://mail.example/path", "smtp://:@mail.example",
        "smtp://a b", "file:///etc/passwd",
    ])
    func aWrongURLStopsTheStart(url: String) {
        #expect(throws: ConfigurationError.self) { try SMTPTransport(url: url) }
    }

    @Test func aWrongURLDoesNotTellThePassword() {
        let error = #expect(throws: ConfigurationError.self) { try SMTPTransport(url: "smtp://me:secret@mail.example/path") }
        #expect(error?.description.contains("secret") == false)
        #expect(error?.description.contains("SMTP_URL=smtp://***@mail.example/path") == true)
    }
}
