import Roost

extension Mail {
    /// The mail as an Internet message (RFC 5322) in ASCII lines, with both texts if there are two (RFC 2046 §5.1.4).
    public var message: [UInt8] {
        var message = Array(header.utf8)
        guard let html else { return message + Self.part("plain", text) }
        // "=_" cannot occur in quoted-printable text (RFC 2045 §6.7), so the boundary occurs in neither part.
        let boundary = "=_\(id.text)"
        message += "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"\r\n".utf8
        for (type, content) in [("plain", text), ("html", html)] {
            message += "\r\n--\(boundary)\r\n".utf8
            message += Self.part(type, content)
        }
        message += "\r\n--\(boundary)--\r\n".utf8
        return message
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

    private static func part(_ type: String, _ content: String) -> [UInt8] {
        let header = "Content-Type: text/\(type); charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        return Array(header.utf8) + QuotedPrintable.encode(content)
    }
}
