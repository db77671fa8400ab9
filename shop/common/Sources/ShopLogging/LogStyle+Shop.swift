import RoostSystem

extension LogStyle {
    /// The style of the shop's logs, which do not identify customers: of an email address, they show only the first character and the domain. That
    /// is enough to find out what is wrong with a mail server, and to recognize an address that one knows.
    public static let shop = LogStyle(hiding: Addresses.hidden)
}

/// The email addresses in a text.
enum Addresses {
    /// Returns the text with `a…@example.com` in place of `ada@example.com`.
    static func hidden(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "@")) else { return text }
        var shown: [UInt8] = [], start = 0
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "@") {
            let mailbox = bytes[start..<index].reversed().prefix(while: isPartOfMailbox)
            let isAddress = !mailbox.isEmpty && index + 1 < bytes.count && isPartOfDomain(bytes[index + 1])
            shown += bytes[start..<(index - (isAddress ? mailbox.count - 1 : 0))]
            if isAddress { shown += Array("…".utf8) }
            start = index
        }
        return String(decoding: shown + bytes[start...], as: UTF8.self)
    }

    /// Whether a byte can be in the part before the `@`, except for bytes that in a log are more likely to surround an address, such as `/`, `=` and
    /// the asterisks in place of a password.
    private static func isPartOfMailbox(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: ".!#$%&'+-^_~".utf8.contains(byte)
        }
    }

    private static func isPartOfDomain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}
