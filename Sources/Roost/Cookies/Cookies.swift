/// The cookies of a request (RFC 6265bis §4.2).
///
/// ```swift
/// let theme = Cookies(request.headers)["theme"]
/// ```
///
/// A function of a contract takes a cookie as a parameter instead: `@Get("/cart", cookies: ["guest": "guest-id"])`.
public struct Cookies: Sendable {
    private let lines: [String]

    /// Creates the cookies of a request.
    /// - Parameter headers: The header fields of the request.
    public init(_ headers: Headers) { lines = headers.values("cookie") }

    /// The value of a cookie, without the quotes around it.
    ///
    /// It is `nil` if the request does not have the cookie, or has something else in its place: a value with characters that no cookie may
    /// have, or several cookies with the name, of which nobody can tell which one this server has set (RFC 6265bis §8.6).
    /// - Parameter name: The name, in which case matters.
    public subscript(name: String) -> String? {
        var found: Substring.UTF8View?
        for line in lines {
            for pair in line.utf8.split(separator: UInt8(ascii: ";")) {
                guard let value = Self.value(of: name, in: pair) else { continue }
                if found != nil { return nil }
                found = value
            }
        }
        return found.flatMap { CookieSyntax.isValue($0) ? String(Substring($0)) : nil }
    }

    /// Returns the value of a pair if it has this name.
    private static func value(of name: String, in pair: Substring.UTF8View) -> Substring.UTF8View? {
        guard let sign = pair.firstIndex(of: UInt8(ascii: "=")), trimmed(pair[..<sign]).elementsEqual(name.utf8) else { return nil }
        let value = trimmed(pair[pair.index(after: sign)...]), quote = UInt8(ascii: "\"")
        return value.count >= 2 && value.first == quote && value.last == quote ? value.dropFirst().dropLast() : value
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        let rest = text.drop(while: isSpace)
        guard let last = rest.lastIndex(where: { !isSpace($0) }) else { return rest.prefix(0) }
        return rest[...last]
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}

/// The characters that cookies are made of.
enum CookieSyntax {
    /// Whether a text is a name: a token (RFC 9110 §5.6.2).
    static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// Whether bytes are a value without quotes: `cookie-octet` in RFC 6265bis §4.1.1.
    static func isValue(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.allSatisfy { byte in
            switch byte {
            case 0x21, 0x23...0x2B, 0x2D...0x3A, 0x3C...0x5B, 0x5D...0x7E: true
            default: false
            }
        }
    }

    /// Whether a text can be the value of an attribute, such as the path.
    static func isAttribute(_ text: String) -> Bool {
        text.utf8.count <= 1024 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: ";") }
    }
}
