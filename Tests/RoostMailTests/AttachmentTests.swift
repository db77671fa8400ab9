import Foundation
import Roost
import Testing

@testable import RoostMail

/// Mails with files, as an independent parser reads them.
@Suite struct AttachmentTests {
    private let image: [UInt8] = [0x89] + Array("PNG\r\n\u{1A}\n".utf8)

    private func mail(html: String? = nil, _ attachments: [Mail.Attachment]) throws -> Mail {
        try Mail(
            from: MailAddress("shop@shop.example"), to: MailAddress("ada@example.com"), subject: "Files", text: "Hi", html: html,
            attachments: attachments)
    }

    @Test func imagesBelongToTheHTMLAndFilesToTheMail() async throws {
        let invoice = try Mail.Attachment(name: "invoice.pdf", type: "application/pdf", content: Array("%PDF".utf8))
        let logo = try Mail.Attachment.inline("logo@shop.example", name: "logo.png", type: "image/png", content: image)
        let mail = try mail(html: #"<img src="cid:logo@shop.example">"#, [invoice, logo])
        let parsed = try await ParsedMessage(mail.message)
        #expect(
            parsed.structure
                == "multipart/mixed(multipart/alternative(text/plain,multipart/related(text/html,image/png)),application/pdf)")
        #expect(
            parsed.files == [
                .init(name: "logo.png", type: "image/png", disposition: "inline", id: "<logo@shop.example>", content: Data(image)),
                .init(name: "invoice.pdf", type: "application/pdf", disposition: "attachment", id: nil, content: Data("%PDF".utf8)),
            ])
        #expect(parsed.parts == ["text/plain": "Hi\n", "text/html": "<img src=\"cid:logo@shop.example\">\n"])
        #expect(parsed.defects == [])
    }

    @Test func nothingIsWrappedThatIsAlone() async throws {
        let file = try Mail.Attachment(name: "a", type: "text/csv", content: Array("ä;1".utf8))
        #expect(try await ParsedMessage(mail([]).message).structure == "text/plain")
        #expect(try await ParsedMessage(mail(html: "<p>", []).message).structure == "multipart/alternative(text/plain,text/html)")
        let parsed = try await ParsedMessage(mail([file]).message)
        #expect(parsed.structure == "multipart/mixed(text/plain,text/csv)")
        #expect(parsed.files.map(\.content) == [Data("ä;1".utf8)])
    }

    @Test(arguments: [
        "a.txt", "Rechnung für März.pdf", "請求書.pdf", #"a "quoted" \ name.txt"#, "semi;colon=equals.txt", "👩‍👩‍👧.png", "%41.txt", "a'b''c",
        String(repeating: "long ", count: 40) + ".txt", String(repeating: "ü", count: 120), "in side", "=?UTF-8?B?SGk=?=", "../up.txt",
    ])
    func namesSurvive(name: String) async throws {
        let message = try mail([Mail.Attachment(name: name, type: "application/octet-stream", content: [1, 2])]).message
        let parsed = try await ParsedMessage(message)
        #expect(parsed.files.map(\.name) == [name])
        #expect(parsed.defects == [])
        let lines = String(decoding: message, as: UTF8.self).replacing("\r\n", with: "\n").split(separator: "\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 78 })
    }

    @Test(arguments: [0, 1, 56, 57, 58, 100_000])
    func bytesSurvive(count: Int) async throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let parsed = try await ParsedMessage(mail([Mail.Attachment(name: "a", type: "a/b", content: bytes)]).message)
        #expect(parsed.files.map(\.content) == [Data(bytes)])
    }

    @Test(arguments: [
        ("", "text/plain"), ("a\r\nBcc: x@y.example", "text/plain"), ("a\0", "text/plain"), (String(repeating: "x", count: 256), "a/b"),
        ("a", ""), ("a", "text"), ("a", "text/"), ("a", "text/plain; charset=x"), ("a", "text/plain\r\nBcc: x@y.example"),
        ("a", "message/rfc822"), ("a", "Multipart/mixed"), ("a", "a/b/c"), ("a", "tex t/plain"), ("a", "täxt/plain"),
    ])
    func whatIsNoAttachmentIsRefused(name: String, type: String) {
        #expect(throws: Problem.self) { try Mail.Attachment(name: name, type: type, content: []) }
    }

    @Test func anImageNeedsHTMLAndAnIdentifierOfItsOwn() throws {
        let logo = try Mail.Attachment.inline("logo@shop.example", name: "logo.png", type: "image/png", content: image)
        #expect(throws: Problem.self) { try mail([logo]) }
        #expect(throws: Problem.self) { try mail(html: "<img>", [logo, logo]) }
        for id in ["", "logo", "logo@shop.example>", "a@b\r\nBcc: x@y.example"] {
            #expect(throws: Problem.self) { try Mail.Attachment.inline(id, name: "a", type: "image/png", content: []) }
        }
    }

    @Test func filesHaveABoundTogether() throws {
        let half = try Mail.Attachment(name: "a", type: "a/b", content: Array(repeating: 0, count: Mail.attachmentLimit / 2))
        let byte = try Mail.Attachment(name: "a", type: "a/b", content: [0])
        #expect(try mail([half, half]).attachments.count == 2)
        #expect(throws: Problem.self) { try mail([half, half, byte]) }
        #expect(throws: Problem.self) { try mail(Array(repeating: byte, count: 101)) }
    }

    /// A text without what the parser removes from the ends: spaces, quotes and angle brackets.
    private func squeezed(_ text: String) -> String { String(text.filter { !$0.isWhitespace && !"\"\\<>".contains($0) }) }

    /// Whatever the texts of a mail are, they are refused, or the message has the fields and parts that it always has.
    @Test func noTextBecomesAHeaderField() async throws {
        var chance = Chance(seed: 42)
        var mails: [Mail] = []
        while mails.count < 400 {
            let texts = (0..<6).map { _ in chance.text() }
            do {
                let file = try Mail.Attachment(name: texts[0], type: chance.next() % 2 == 0 ? "text/plain" : texts[1], content: [1])
                mails.append(
                    try Mail(
                        from: MailAddress("shop@shop.example", name: texts[2]), to: MailAddress("ada@example.com", name: texts[3]),
                        subject: texts[4], text: texts[5], attachments: [file]))
            } catch {
                #expect(error.status == .unprocessable)
            }
        }
        let usual = ["Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
        for (mail, parsed) in zip(mails, try await ParsedMessage.all(mails.map(\.message))) {
            #expect(parsed.fields == usual && parsed.files.count == 1, "\(mail)")
            #expect(parsed.headers["subject"].map(squeezed) == squeezed(mail.subject))
            #expect(parsed.files.first?.name.map(squeezed) == squeezed(mail.attachments[0].name))
        }
    }
}

/// Reproducible texts.
private struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64 (Steele, Lea, Flood, 2014).
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// Pieces that mean something in messages. Every other text has no control characters, so that enough of them are accepted.
    mutating func text() -> String {
        let breaking = ["\r\n", "\n", "\r", "\0", "\u{85}", "\u{7F}"]
        let harmless = [
            "Bcc: eve@example.com", ": ", ";", "=", "\"", "\\", "<", ">", "@", ",", "=?UTF-8?Q?=0D=0ABcc:?=", "%0D%0A", "filename=\"x\"",

            "é", "漢字", "👍", " ", "--=_mixed", "(", ")", "'", "''", "*0*=", "a/b", "word",
        ]
        let pieces = next() % 4 == 0 ? harmless + breaking : harmless
        return (0..<Int(next() % 12)).map { _ in pieces[Int(next() % UInt64(pieces.count))] }.joined()
    }
}
