import Foundation
import Roost
import RoostMail
import RoostMailTemplates
import RoostTesting
import Testing

@Schema
struct Receipt {
    @Schema
    struct Item {
        var name: String
        var count: Int
        var note: String?
    }

    var number: String
    var items: [Item]
    var note: String?
    var isPaid: Bool
    var site: String?
}

@Suite struct MailTemplatesTests {
    private let receipt = Receipt(number: "7", items: [], note: nil, isPaid: false, site: nil)

    private func mail(_ values: Receipt, text: String = "", html: String = "", _ others: [String: String] = [:]) throws -> Mail {
        let files = ["receipt.txt": "Subject: No. {{number}}\n\n" + text, "receipt.html": html].merging(others) { $1 }
        let template = try MailTemplates(files: files).template("receipt", for: Receipt.self)
        return try template.mail(values, id: .v7(), from: MailAddress("a@b.example"), to: MailAddress("c@d.example"))
    }

    @Test func bothFilesShowTheSameValues() throws {
        var values = receipt
        values.items = [.init(name: "Mug", count: 2, note: "blue"), .init(name: "Tea", count: 1_000_000, note: nil)]
        let list = "{{#items}}\n{{count}} {{name}}{{#note}} ({{.}}){{/note}}{{^note}}!{{/note}}\n{{/items}}\n{{^items}}none{{/items}}"
        let mail = try mail(values, text: list, html: "<p>\n" + list)
        #expect(mail.subject == "No. 7")
        #expect(mail.text == "2 Mug (blue)\n1000000 Tea!\n")
        #expect(mail.html == "<p>\n2 Mug (blue)\n1000000 Tea!\n")
    }

    @Test func whatIsAbsentIsNotLookedForOutside() throws {
        var values = receipt
        values.note = "outer"
        values.items = [.init(name: "Mug", count: 1, note: nil)]
        #expect(try mail(values, text: "{{#items}}[{{note}}]{{/items}}").text == "[]")
    }

    @Test(arguments: [true, false])
    func sectionsFollowTheTruth(isPaid: Bool) throws {
        var values = receipt
        values.isPaid = isPaid
        #expect(try mail(values, text: "{{#isPaid}}{{number}}{{/isPaid}}{{^isPaid}}due{{/isPaid}}").text == (isPaid ? "7" : "due"))
    }

    /// Each text in each place of HTML, and in each kind of file: itself, an included one, a layout, and a block.
    @Test(arguments: [
        "<script>alert(1)</script>", "<\u{301}b>&\u{301}\"\u{301}'\u{301}", "\" onload=\"x", "{{number}} {{{number}}}", "&amp;", "</title>",
        "\\",
        "plain", "👩‍👩‍👧 علی‌رضا",
    ])
    func everyValueIsEscapedInHTMLOnly(value: String) throws {
        var values = receipt
        values.number = value
        values.items = [.init(name: value, count: 1, note: value)]
        let page = "{{<layout}}{{$body}}{{number}}|{{>part}}|{{#items}}{{name}}|{{#note}}{{.}}{{/note}}{{/items}}{{/body}}{{/layout}}"
        let files = [
            "layout.html": "<i title=\"{{number}}\">{{$body}}{{number}}{{/body}}</i>", "layout.txt": "{{number}}|{{$body}}{{/body}}",
            "part.html": "<b class='{{number}}'>{{number}}</b>", "part.txt": "{{number}}",
        ]
        let mail = try mail(values, text: page, html: page, files)
        let escaped = value.unicodeScalars.map { ["<": "&lt;", ">": "&gt;", "&": "&amp;", "\"": "&quot;", "'": "&#39;"][$0] ?? String($0) }
            .joined()
        let html = "<i title=\"\(escaped)\">\(escaped)|<b class='\(escaped)'>\(escaped)</b>|\(escaped)|\(escaped)</i>"
        #expect(Array((mail.html ?? "").utf8) == Array(html.utf8))
        #expect(Array(mail.text.utf8) == Array([value, value, value, value, value].joined(separator: "|").utf8))
        #expect(Array(mail.subject.utf8) == Array("No. \(value)".utf8))
    }

    @Test func aSubjectWithALineBreakIsRefused() {
        var values = receipt
        values.number = "7\r\nBcc: eve@example.com"
        #expect(throws: Problem.self) { try mail(values) }
    }

    @Test(
        "What a template cannot show is found at the start, with its place",
        arguments: [
            ("{{numbr}}", "receipt.html:1: {{numbr}} is unknown: there are number, items, note, isPaid, site"),
            (
                "\n<p>{{#items}}{{title}}{{/items}}",
                "receipt.html:2: {{title}} is unknown: there are number, items, note, isPaid, site, name, count, note"
            ),
            ("{{^items}}{{name}}{{/items}}", "receipt.html:1: {{name}} is unknown: there are number, items, note, isPaid, site"),
            ("{{number.size}}", "receipt.html:1: {{number.size}} is unknown: there are number, items, note, isPaid, site"),
            ("{{items}}", "receipt.html:1: {{items}} is a list: {{#items}}{{.}}{{/items}} shows each of its items"),
            ("{{#items}}{{.}}{{/items}}", "receipt.html:1: {{.}} is not a text or a number: name one of its fields"),
            ("{{>nowhere}}", "receipt.html:1: there is no nowhere.html"),
            ("{{>receipt}}", "receipt.html:1: receipt.html includes itself"),
            ("{{>part}}", "part.html:2: {{wrong}} is unknown: there are number, items, note, isPaid, site"),
            ("{{<layout}}{{$bdy}}{{/bdy}}{{/layout}}", "receipt.html:1: layout.html has no block {{$bdy}}"),
        ])
    func wrongNames(html: String, fault: String) {
        let others = ["part.html": "\n{{wrong}}", "layout.html": "{{$body}}{{/body}}"]
        let error = #expect(throws: ConfigurationError.self) { try mail(receipt, html: html, others) }
        #expect(error?.faults.contains(fault) == true, "\(error?.message ?? "")")
    }

    @Test(
        "What is not a template is found at the start, with its place",
        arguments: [
            ("<p>\n{{number", "receipt.html:2: {{ is not closed by }}"), ("{{#items}}", "receipt.html:1: {{/items}} is missing"),
            ("{{#items}}\n{{/item}}", "receipt.html:2: {{/item}} does not end {{/items}}"),
            ("{{/items}}", "receipt.html:1: {{/items}} does not end anything"),
            ("{{{number}}}", "receipt.html:1: {{{…}} is not allowed"), ("{{&number}}", "receipt.html:1: {{&…}} is not allowed"),
            ("{{=<% %>=}}", "receipt.html:1: {{=…}} is not allowed"), ("{{% CONTENT_TYPE: HTML}}", "receipt.html:1: {{%…}} is not allowed"),
            ("{{>*number}}", "receipt.html:1: {{>…}} is not allowed"), ("{{uppercased(number)}}", "receipt.html:1: {{u…}} is not allowed"),
            ("{{}}", "receipt.html:1: {{…}} is not allowed"), ("{{<a}}\nlost{{/a}}", "receipt.html:2: only blocks can stand here"),
            ("{{<a}}{{number}}{{/a}}", "receipt.html:1: only blocks can stand here"),
        ])
    func wrongTags(html: String, fault: String) {
        let error = #expect(throws: ConfigurationError.self) { try mail(receipt, html: html) }
        #expect(error?.faults.first?.hasPrefix(fault) == true, "\(error?.message ?? "")")
    }

    @Test(
        "A value must stand where escaping makes it a text",
        arguments: [
            "<a href={{number}}>", "<{{number}}>", "<b {{number}}>", "<style>{{number}}</style>", "<script>x = \"{{number}}\"</script>",
            "<SCRIPT>\n{{number}}", "<!-- {{number}} -->", "<b a=\"x\" b={{number}}>", "<p><style></style a={{number}}>",
        ])
    func unescapablePlaces(html: String) {
        let error = #expect(throws: ConfigurationError.self) { try mail(receipt, html: html) }
        #expect(error?.message.contains("must be in the text of an element, or in an attribute in quotes") == true)
    }

    @Test(
        "What may be left out, repeated or replaced begins and ends at the same place in the HTML",
        arguments: [
            ("{{#isPaid}}<b title=\"{{/isPaid}}", "{{/isPaid}} must be at the same place"),
            ("{{^isPaid}}<style>{{/isPaid}}</style>", "{{/isPaid}} must be at the same place"),
            ("<b {{>part}}>", "{{>part}} must be between tags"), ("<style>{{$body}}{{/body}}</style>", "{{$body}} must be between tags"),
            ("<!-- {{<layout}}{{/layout}} -->", "{{<layout}} must be between tags"),
            ("<p title=\"", "the file must not end within a tag"), ("<style>", "the file must not end within a tag"),
        ])
    func brokenPlaces(html: String, fault: String) {
        let others = ["part.html": "x", "layout.html": "{{$body}}{{/body}}"]
        let error = #expect(throws: ConfigurationError.self) { try mail(receipt, html: html, others) }
        #expect(error?.faults.contains { $0.hasPrefix("receipt.html:1: " + fault) } == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [
        "<title>{{number}}</title>", "<a href=\"{{number}}\">{{number}}</a>", "<a title='{{number}}'>", "<style>a{}</style>{{number}}",
        "<!-- > \" -->{{number}}", "<img alt=\"a > b\">{{number}}", "1 < 2 > {{number}}", "<style>a{}</STYLE>{{number}}",
        "3 < {{number}} < 4", "<br>{{! {{! }}{{number}}",
    ])
    func escapablePlaces(html: String) throws { #expect(try mail(receipt, html: html).html?.contains("7") == true) }

    @Test func aMailHasTwoFilesAndASubject() throws {
        for (files, fault) in [
            (["receipt.txt": "Subject: a\n\nb"], "the mail template receipt.html is missing"),
            (["receipt.html": "b"], "the mail template receipt.txt is missing"),
            (
                ["receipt.html": "b", "receipt.txt": "b"],
                "receipt.txt:1: the text of a mail begins with the line \"Subject: …\" and an empty line"
            ),
        ] {
            let templates = try MailTemplates(files: files)
            let error = #expect(throws: ConfigurationError.self) { try templates.template("receipt", for: Receipt.self) }
            #expect(error?.faults == [fault])
        }
    }

    @Test func filesAreReadFromAFolder() throws {
        let folder = try TemporaryFolder()
        for (name, content) in ["receipt.txt": "Subject: S\r\n\r\n{{number}}\r\n", "receipt.html": "<p>{{number}}", "notes.md": "{{"] {
            try Data(content.utf8).write(to: folder.url.appending(path: name))
        }
        let template = try MailTemplates(folder: folder.url).template("receipt", for: Receipt.self)
        let mail = try template.mail(receipt, id: .v7(), from: MailAddress("a@b.example"), to: MailAddress("c@d.example"))
        #expect(mail.subject == "S" && mail.text == "7\n" && mail.html == "<p>7")
        let nowhere = folder.url.appending(path: "nowhere")
        let error = #expect(throws: ConfigurationError.self) { try MailTemplates(folder: nowhere) }
        #expect(error?.message.hasPrefix("the mail templates in \(nowhere.path) cannot be read: ") == true)
    }
}
