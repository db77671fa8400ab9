import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A part of a message as the bytes of its header and its body (RFC 2045 §3).
struct MessagePart {
    let bytes: [UInt8]

    private init(_ fields: [String], _ body: [UInt8]) {
        bytes = Array(fields.map { $0 + "\r\n" }.joined().utf8) + [0x0D, 0x0A] + body
    }

    /// Text, which stays readable in the message's source.
    static func text(_ subtype: String, _ text: String) -> MessagePart {
        MessagePart(
            ["Content-Type: text/\(subtype); charset=utf-8", "Content-Transfer-Encoding: quoted-printable"], QuotedPrintable.encode(text))
    }

    /// A file (RFC 2183), in lines of 76 digits.
    static func file(_ file: Mail.Attachment) -> MessagePart {
        let isText = file.type.lowercased().hasPrefix("text/") && String(validating: file.content, as: UTF8.self) != nil
        let disposition = file.contentID == nil ? "attachment" : "inline"
        var fields = [
            "Content-Type: \(file.type)\(isText ? "; charset=utf-8" : "")", "Content-Transfer-Encoding: base64",
            "Content-Disposition: " + ([disposition] + HeaderText.parameter("filename", file.name)).joined(separator: ";\r\n "),
        ]
        if let contentID = file.contentID { fields.append("Content-ID: <\(contentID)>") }
        let lines = Data(file.content).base64EncodedString(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
        return MessagePart(fields, Array(lines.utf8) + [0x0D, 0x0A])
    }

    /// Several parts (RFC 2046 §5.1).
    /// - Parameters:
    ///   - subtype: The relation of the parts, such as `alternative`.
    ///   - parts: The parts. A single part is returned as it is.
    ///   - id: The identifier of the message, which distinguishes its boundaries from those of a message within it.
    ///   - parameters: Further parameters of the content type.
    static func multipart(_ subtype: String, _ parts: [MessagePart], id: String, _ parameters: [String] = []) -> MessagePart {
        if parts.count == 1 { return parts[0] }
        // "=_" occurs neither in quoted-printable text (RFC 2045 §6.7) nor in base64, so the boundary occurs in no part; and the boundaries
        // of parts within parts begin differently.
        let boundary = "=_\(subtype)_\(id)"
        var body: [UInt8] = []
        for part in parts { body += Array("--\(boundary)\r\n".utf8) + part.bytes + [0x0D, 0x0A] }
        body += Array("--\(boundary)--\r\n".utf8)
        let type = (["multipart/\(subtype)", "boundary=\"\(boundary)\""] + parameters).joined(separator: ";\r\n ")
        return MessagePart(["Content-Type: \(type)"], body)
    }
}
