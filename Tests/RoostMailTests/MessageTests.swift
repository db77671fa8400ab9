import Foundation
import Roost
import Testing

@testable import RoostMail

/// Messages as an independent parser reads them: Python's `email`, which also names every defect.
@Suite struct MessageTests {
    private func mail(
        subject: String = "Hello", text: String = "Hi", html: String? = nil, name: String? = nil
    ) throws -> Mail {
        try Mail(
            from: MailAddress("shop@shop.example", name: "The Shop"), to: MailAddress("ada@example.com", name: name), subject: subject,
            text: text, html: html, date: Date(timeIntervalSince1970: 1_800_000_000))
    }

    @Test func headersSayWhoAndWhen() async throws {
        let mail = try mail(name: #"Ada "the Countess" \ Lovelace"#)
        let parsed = try await ParsedMessage(mail.message)
        #expect(parsed.defects == [])
        #expect(parsed.headers["from"] == "The Shop|shop@shop.example")
        #expect(parsed.headers["to"] == #"Ada "the Countess" \ Lovelace|ada@example.com"#)
        #expect(parsed.headers["date"] == "2027-01-15T08:00:00+00:00")
        #expect(parsed.headers["message-id"] == "<\(mail.id.text)@shop.example>")
        #expect(parsed.headers["auto-submitted"] == "auto-generated")
        #expect(parsed.parts == ["text/plain": "Hi\n"])
    }

    @Test(arguments: [0, 86400 * 59, 951_782_400, 1_709_164_800, 1_767_225_599, 4_102_444_800] as [Double])
    func datesAreRight(seconds: Double) async throws {
        let date = Date(timeIntervalSince1970: seconds)
        let mail = try Mail(from: MailAddress("a@b.example"), to: MailAddress("c@d.example"), subject: "", text: "", date: date)
        let parsed = try await ParsedMessage(mail.message)
        #expect(parsed.headers["date"] == RFC3339.format(date).replacing(".000Z", with: "+00:00"))
        // The parser ignores the day of the week; Python's own formatter tells it.
        #expect(parsed.headers["weekday"] == String(decoding: mail.message, as: UTF8.self).dropFirst(6).prefix(3).description)
    }

    @Test(arguments: [
        "", "Plain", "Grüße aus Köln", "注文が確定しました。ありがとうございます。またのご利用をお待ちしております。", "👩‍👩‍👧‍👦 family", "=?UTF-8?B?SGk=?=",
        " spaces at both ends ", String(repeating: "long ", count: 60), String(repeating: "é", count: 300),
    ])
    func subjectsSurvive(subject: String) async throws {
        let message = try mail(subject: subject, name: subject.isEmpty ? nil : subject).message
        let parsed = try await ParsedMessage(message)
        #expect(parsed.headers["subject"] == subject)
        #expect(parsed.defects == [])
        #expect(longestLine(message) <= 76)
    }

    @Test(arguments: [
        "", "one line", "two\nlines\n", "a\r\nb\rc\n\nd", "Grüße = 100 %", "trailing space \ntrailing tab\t\n", ".\n..\n.dot", "From me",
        String(repeating: "x", count: 1000), String(repeating: "é👍", count: 200), "--=_boundary", "nul\0byte",
        String(repeating: "y", count: 76) + "\n" + String(repeating: "z ", count: 38),
    ])
    func textsSurvive(text: String) async throws {
        let message = try mail(text: text, html: "<p>" + text).message
        let parsed = try await ParsedMessage(message)
        let lines = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        #expect(parsed.parts == ["text/plain": lines.ended, "text/html": ("<p>" + lines).ended])
        #expect(parsed.type == "multipart/alternative")
        #expect(parsed.defects == [])
        #expect(longestLine(message) <= 76)
        #expect(message.allSatisfy { $0 < 0x7F })
    }

    @Test(arguments: ["a\nBcc: x@y.example", "a\r\nBcc: x@y.example", "a\rb", "a\0b", "a\u{85}b", String(repeating: "x", count: 999)])
    func whatWouldBreakAHeaderIsRefused(line: String) {
        #expect(throws: Problem.self) { try mail(subject: line) }
        #expect(throws: Problem.self) { try mail(name: line) }
    }

    @Test(arguments: [
        "", "ada", "@example.com", "ada@", "ada@example.com\r\nBcc: x@y.example", "ada@example.com>", "<ada@example.com>",
        "ada@example.com,bob@example.com", "a da@example.com", "adä@example.com", "ada@example.com SIZE=1",
    ])
    func whatIsNoAddressIsRefused(address: String) {
        #expect(throws: Problem.self) { try MailAddress(address) }
    }

    @Test func aTextHasABound() {
        #expect(throws: Problem.self) { try mail(text: String(repeating: "x", count: Mail.textLimit + 1)) }
    }

    private func longestLine(_ message: [UInt8]) -> Int {
        String(decoding: message, as: UTF8.self).replacing("\r\n", with: "\n").split(separator: "\n").map(\.utf8.count).max() ?? 0
    }
}

extension String {
    /// With the line break that ends every text of a message.
    fileprivate var ended: String { hasSuffix("\n") ? self : self + "\n" }
}
