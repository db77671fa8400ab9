import SwiftSyntax

/// A path pattern as it is written in an attribute: `"/orders/{id}"`.
struct PathLiteral {
    let syntax: ExprSyntax
    let text: String
    let placeholders: [String]

    init?(_ syntax: ExprSyntax, _ findings: inout Findings) {
        guard let text = syntax.plainText else {
            findings.error("write the path as a plain string: the route is made while compiling", at: syntax)
            return nil
        }
        guard text.hasPrefix("/") else {
            findings.error("a path begins with /: write \"/\(text)\"", at: syntax)
            return nil
        }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }) else {
            findings.error(
                "a path has no blanks, ? or #, and other than ASCII only percent-encoded; what follows ? are parameters", at: syntax)
            return nil
        }
        let segments = text.split(separator: "/")
        for (index, segment) in segments.enumerated() where !Self.isWellFormed(segment, isLast: index == segments.count - 1) {
            findings.error("`\(segment)` is no placeholder: write {name} between slashes, or {name...} at the end", at: syntax)
            return nil
        }
        let placeholders = segments.filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast().prefix { $0 != "." }) }
        for (index, name) in placeholders.enumerated() where placeholders[..<index].contains(name) {
            findings.error("the placeholder `\(name)` stands twice: give each a name of its own", at: syntax)
        }
        self.syntax = syntax
        self.text = text
        self.placeholders = placeholders
    }

    /// The path with every placeholder the same: two routes of one shape and method collide.
    var shape: String {
        text.split(separator: "/").map { $0.hasSuffix("...}") ? "{...}" : $0.hasPrefix("{") ? "{}" : String($0) }.joined(separator: "/")
    }

    private static func isWellFormed(_ segment: Substring, isLast: Bool) -> Bool {
        guard segment.contains("{") || segment.contains("}") else { return true }
        guard segment.hasPrefix("{"), segment.hasSuffix("}") else { return false }
        var name = segment.dropFirst().dropLast()
        if name.hasSuffix("...") {
            guard isLast else { return false }
            name = name.dropLast(3)
        }
        return name.first.map { $0.isLetter || $0 == "_" } == true && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }
}
