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
        let escaped = replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        let isRaw = (contains("\"") || contains("\\")) && !contains("\n") && !contains("\"#") && !contains("\\#")
        return isRaw ? "#\"\(self)\"#" : "\"\(escaped)\""
    }

    /// The name without the backticks that make it one.
    var unquoted: String { count > 2 && hasPrefix("`") && hasSuffix("`") ? String(dropFirst().dropLast()) : self }

    /// The name with `suffix` as often as it takes to be none of `taken`.
    func avoiding(_ taken: Set<String>, suffix: String) -> String {
        taken.contains(self) ? (self + suffix).avoiding(taken, suffix: suffix) : self
    }
}
