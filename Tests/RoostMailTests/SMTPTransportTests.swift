import Foundation
import Roost
import Testing

@testable import RoostMail

@Suite(.timeLimit(.minutes(1))) struct SMTPTransportTests {
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
            ("DATA", "554 no", .mailRefused),
            ("END", "554 spam", .mailRefused), ("RCPT", "450 later", .mailDeferred), ("MAIL", "452 full", .mailDeferred),
            ("END", "451 try again", .mailDeferred), ("GREETING", "554 not today", .mailDeferred), ("GREETING", "421 busy", .mailDeferred),
            ("END", "", .mailDeferred), ("RCPT", "", .mailDeferred), ("GREETING", "", .mailDeferred),
        ])
    func refusals(word: String, reply: String, code: TransportError.Code) async throws {
        let server = try await SMTPServer.start(replies: [word: reply])
        #expect(try await failure("smtp://127.0.0.1:\(server.port)")?.code == code)
        try await server.stop()
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
        #expect(full.credentials == SMTPLocation.Credentials(user: "me@x", password: "p:w"))
        #expect(try SMTPLocation(url: "smtp://[::1]:2525/", key: "SMTP_URL").url == "smtp://[::1]:2525")
    }

    @Test(arguments: [
        "", "mail.example", "http://mail.example", "smtp://", "smtp://user@mail.example", "smtp://mail.example:0",
        "smtp://mail.example:99999", "smtp://mail.example/path", "smtp://mail.example?x=1", "smtp://:@mail.example",
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
