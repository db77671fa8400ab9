import Roost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Text in header fields.
enum HeaderText {
    /// Returns free text for a field such as `Subject`: short ASCII unchanged, and anything else as encoded words (RFC 2047), folded.
    static func unstructured(_ text: String) -> String {
        // "=?" would be read as the beginning of an encoded word, and spaces at the ends would be lost.
        let isPlain = text.utf8.count <= 60 && isPrintable(text) && !text.contains("=?") && text.first != " " && text.last != " "
        return isPlain ? text : encodedWords(text)
    }

    /// Returns a mailbox for a field such as `From` (RFC 5322 §3.4).
    static func mailbox(_ mailbox: MailAddress) -> String {
        guard let name = mailbox.name, !name.isEmpty else { return mailbox.address }
        let isPlain = name.utf8.count <= 40 && isPrintable(name) && !name.contains("=?")
        let phrase = isPlain ? quoted(name) : encodedWords(name)
        return "\(phrase)\r\n <\(mailbox.address)>"
    }

    /// Returns a date such as `Tue, 24 Nov 2026 06:13:31 +0000` (RFC 5322 §3.3).
    static func date(_ date: Date) -> String {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let text = RFC3339.format(date)
        let number = { (start: Int, count: Int) in Int(text.dropFirst(start).prefix(count)) ?? 1 }
        let weekday = Int((date.timeIntervalSince1970 / 86400).rounded(.down)) % 7
        let day = "\(days[(weekday + 7) % 7]), \(number(8, 2)) \(months[number(5, 2) - 1]) \(text.prefix(4))"
        return "\(day) \(text.dropFirst(11).prefix(8)) +0000"
    }

    /// Returns a parameter such as a file's name, in as many pieces as its length needs: a short ASCII text in quotes, and anything else
    /// as UTF-8 with percent signs (RFC 2231 §3 and §4).
    static func parameter(_ name: String, _ value: String) -> [String] {
        if value.utf8.count <= 60, isPrintable(value), !value.contains("=?") { return ["\(name)=\(quoted(value))"] }
        var pieces = [""]
        for scalar in value.unicodeScalars {
            let digits = String(scalar).utf8.map { isAttributeByte($0) ? String(UnicodeScalar($0)) : percentEncoded($0) }.joined()
            // Leaves space in the line for the name and the number of the piece. No piece splits a character, because some programs decode each
            // piece by itself.
            if pieces[pieces.count - 1].utf8.count + digits.utf8.count > 50 { pieces.append("") }
            pieces[pieces.count - 1] += digits
        }
        guard pieces.count > 1 else { return ["\(name)*=UTF-8''\(pieces[0])"] }
        return pieces.enumerated().map { "\(name)*\($0)*=\($0 == 0 ? "UTF-8''" : "")\($1)" }
    }

    private static func percentEncoded(_ byte: UInt8) -> String { "%" + Hexadecimal.encode(CollectionOfOne(byte)).uppercased() }

    private static func isAttributeByte(_ byte: UInt8) -> Bool {
        switch UnicodeScalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~": true
        default: false
        }
    }

    /// Returns words of at most 75 characters, none of which splits a character (RFC 2047 §2 and §5).
    private static func encodedWords(_ text: String) -> String {
        var words: [String] = [], chunk: [UInt8] = []
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if chunk.count + bytes.count > chunkSize {
                words.append(word(chunk))
                chunk = []
            }
            chunk += bytes
        }
        words.append(word(chunk))
        return words.joined(separator: "\r\n ")
    }

    /// 39 bytes are 52 characters in base64, which leaves space in the line for the field's name.
    private static let chunkSize = 39

    private static func word(_ bytes: [UInt8]) -> String { "=?UTF-8?B?\(Data(bytes).base64EncodedString())?=" }

    private static func quoted(_ text: String) -> String {
        "\"" + text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
    }

    private static func isPrintable(_ text: String) -> Bool { text.utf8.allSatisfy { (0x20...0x7E).contains($0) } }
}
