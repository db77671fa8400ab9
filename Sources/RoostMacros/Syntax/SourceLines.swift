import SwiftSyntax

/// Generated source code, line by line.
extension [String] {
    /// The lines, indented by one more level.
    var indented: [String] { map { $0.isEmpty ? "" : "    " + $0 } }

    /// `head`, `body` indented by one more level, and `tail`.
    static func block(_ head: String, _ body: [String], _ tail: String = "}") -> [String] { [head] + body.indented + [tail] }

    var source: String { joined(separator: "\n") }

    /// The lines as a declaration. The compiler receives them as text and parses it; parsing them here too would take longer than
    /// everything else that a macro does. So the text is wrapped in a single node without structure.
    var declaration: DeclSyntax {
        DeclSyntax(MissingDeclSyntax(attributes: [], modifiers: [], placeholder: .identifier(source)))
    }
}

extension String {
    /// The text as a Swift string literal, which is a raw one if the text contains quotes or backslashes.
    var literal: String {
        // The comparison is by bytes, because characters can combine what the compiler reads separately.
        let bytes = Array(utf8), quote = UInt8(ascii: "\""), backslash = UInt8(ascii: "\\"), number = UInt8(ascii: "#")
        let isRaw =
            (bytes.contains(quote) || bytes.contains(backslash)) && bytes.first != quote
            && !zip(bytes, bytes.dropFirst()).contains { $1 == number && ($0 == quote || $0 == backslash) }
        if isRaw, unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) { return "#\"\(self)\"#" }
        return "\"\(unicodeScalars.map(\.escaped).joined())\""
    }

    /// The name without backticks around it.
    var unquoted: String { count > 2 && hasPrefix("`") && hasSuffix("`") ? String(dropFirst().dropLast()) : self }

    /// The name, with `suffix` appended as often as needed to be none of `taken`.
    func avoiding(_ taken: Set<String>, suffix: String) -> String {
        taken.contains(self) ? (self + suffix).avoiding(taken, suffix: suffix) : self
    }
}

extension String {
    /// Whether it has the form of a name that needs no backticks, apart from keywords.
    var isPlainName: Bool {
        first.map { $0.isLetter || $0 == "_" } == true && allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }

    /// The case with this name, for types that may be optional, which have cases of their own.
    var member: String { ["none", "some"].contains(unquoted) ? "Self.\(self)" : ".\(self)" }

    /// The name, in backticks if it is a keyword that needs them.
    var quoted: String { Self.words.contains(self) ? "`\(self)`" : self }

    /// The reserved words (The Swift Programming Language, "Keywords and Punctuation").
    private static let words: Set<String> = [
        "associatedtype", "class", "deinit", "enum", "extension", "fileprivate", "func", "import", "init", "inout", "internal", "let",
        "operator", "precedencegroup", "private", "protocol", "public", "rethrows", "static", "struct", "subscript", "typealias", "var",
        "break", "case", "catch", "continue", "default", "defer", "do", "else", "fallthrough", "for", "guard", "if", "in", "repeat",
        "return", "throw", "switch", "where", "while", "Any", "as", "false", "is", "nil", "self", "Self", "super", "throws", "true", "try",
    ]

    /// The names in it, in order: for `Swift.Sendable`, both.
    var components: [String] { split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init) }
}

extension Unicode.Scalar {
    /// The text as it is written in a string literal.
    fileprivate var escaped: String {
        switch self {
        case "\\": "\\\\"
        case "\"": "\\\""
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: value < 0x20 || value == 0x7F ? "\\u{\(String(value, radix: 16))}" : String(self)
        }
    }
}
