import Roost

extension Mail {
    /// The mail as an Internet message (RFC 5322) in ASCII lines.
    ///
    /// If there are two texts, a mail program shows the one that it can show (RFC 2046 §5.1.4). The images belong to the HTML alone (RFC 2387),
    /// and the attachments to both:
    /// ```
    /// mixed
    /// ├─ alternative
    /// │  ├─ text/plain
    /// │  └─ related
    /// │     ├─ text/html
    /// │     └─ image/png
    /// └─ application/pdf
    /// ```
    public var message: [UInt8] {
        var texts = [MessagePart.text("plain", text)]
        if let html {
            let images = attachments.filter { $0.contentID != nil }.map(MessagePart.file)
            texts.append(.multipart("related", [.text("html", html)] + images, id: id.text, ["type=\"text/html\""]))
        }
        let files = attachments.filter { $0.contentID == nil }.map(MessagePart.file)
        let content = MessagePart.multipart("mixed", [.multipart("alternative", texts, id: id.text)] + files, id: id.text)
        return Array(header.utf8) + content.bytes
    }

    private var header: String {
        [
            "Date: \(HeaderText.date(date))",
            "From: \(HeaderText.mailbox(from))",
            "To: \(HeaderText.mailbox(to))",
            "Subject: \(HeaderText.unstructured(subject))",
            "Message-ID: <\(id.text)@\(from.domain)>",
            // Vacation notices must not answer (RFC 3834 §5).
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
        ].map { $0 + "\r\n" }.joined()
    }
}
