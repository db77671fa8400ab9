import SwiftSyntax

/// Source code that is being written, line by line.
extension [String] {
    /// The lines, one level deeper.
    var indented: [String] { map { $0.isEmpty ? "" : "    " + $0 } }

    /// `head`, `body` one level deeper, and `tail`.
    static func block(_ head: String, _ body: [String], _ tail: String = "}") -> [String] { [head] + body.indented + [tail] }

    var source: String { joined(separator: "\n") }

    /// The lines as a declaration. They go to the compiler as text, which it parses: parsing them here too would take longer than all
    /// else that a macro does, so they stand as they are in a node that says nothing of its parts.
    var declaration: DeclSyntax {
        DeclSyntax(MissingDeclSyntax(attributes: [], modifiers: [], placeholder: .identifier(source)))
    }
}

extension String {
    /// The text as a Swift string literal: raw where it has quotes or backslashes.
    var literal: String {
        // By bytes, as characters join what the compiler reads apart.
        let bytes = Array(utf8), quote = UInt8(ascii: "\""), backslash = UInt8(ascii: "\\"), number = UInt8(ascii: "#")
        let isRaw =
            (bytes.contains(quote) || bytes.contains(backslash)) && bytes.first != quote
            && !zip(bytes, bytes.dropFirst()).contains { $1 == number && ($0 == quote || $0 == backslash) }
        if isRaw, unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) { return "#\"\(self)\"#" }
        return "\"\(unicodeScalars.map(\.escaped).joined())\""
    }

    /// The name without the backticks that make it one.
    var unquoted: String { count > 2 && hasPrefix("`") && hasSuffix("`") ? String(dropFirst().dropLast()) : self }

    /// The name with `suffix` as often as it takes to be none of `taken`.
    func avoiding(_ taken: Set<String>, suffix: String) -> String {
        taken.contains(self) ? (self + suffix).avoiding(taken, suffix: suffix) : self
    }
}

extension String {
    /// Whether it is made as a name is that needs no backticks, but for those that are words of the language.
    var isPlainName: Bool {
        first.map { $0.isLetter || $0 == "_" } == true && allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }

    /// A case of this name, where the type may be an optional: that has cases of its own.
    var member: String { ["none", "some"].contains(unquoted) ? "Self.\(self)" : ".\(self)" }

    /// The name with backticks, where it is a word of the language that needs them.
    var quoted: String { Self.words.contains(self) ? "`\(self)`" : self }

    /// The words that the language keeps for itself (The Swift Programming Language, "Keywords and Punctuation").
    private static let words: Set<String> = [
        "associatedtype", "class", "deinit", "enum", "extension", "fileprivate", "func", "import", "init", "inout", "internal", "let",
        "operator", "precedencegroup", "private", "protocol", "public", "rethrows", "static", "struct", "subscript", "typealias", "var",
        "break", "case", "catch", "continue", "default", "defer", "do", "else", "fallthrough", "for", "guard", "if", "in", "repeat",
        "return", "throw", "switch", "where", "while", "Any", "as", "false", "is", "nil", "self", "Self", "super", "throws", "true", "try",
    ]

    /// The names in it, in order: of `Swift.Sendable`, both.
    var components: [String] { split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init) }
}

extension Unicode.Scalar {
    /// How it stands in a string literal.
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
