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
        guard text.utf8.first == UInt8(ascii: "/") else {
            findings.error("a path begins with /: write \"/\(text)\"", at: syntax)
            return nil
        }
        let segments = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, segment) in zip(segments.indices, segments) {
            let isLast = index == segments.endIndex - 1
            guard let fault = PathSegment(segment).fault(isLast: isLast) ?? Self.emptiness(segment, isLast: isLast) else { continue }
            findings.error(fault, at: syntax)
            return nil
        }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }) else {
            findings.error(
                "a path has no blanks, ? or #, and other than ASCII only percent-encoded; what follows ? are parameters", at: syntax)
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

    private static func emptiness(_ segment: Substring, isLast: Bool) -> String? {
        segment.isEmpty && !isLast ? "two slashes have nothing between them: write one" : nil
    }

    /// The path with every placeholder the same: two routes of one shape and method collide.
    var shape: String {
        text.split(separator: "/").map { $0.hasSuffix("...}") ? "{...}" : $0.hasPrefix("{") ? "{}" : String($0) }.joined(separator: "/")
    }
}

/// What stands between two slashes of a pattern. What other frameworks take for a placeholder would be a literal here, which nothing
/// ever matches: it is refused with what to write instead.
struct PathSegment {
    private let text: Substring

    init(_ text: Substring) { self.text = text }

    /// - Parameter isLast: whether a placeholder may take the rest of the path here.
    func fault(isLast: Bool) -> String? {
        if text.contains("*") {
            return "`\(text)` would stand for itself: \(isLast ? "write \(rest)" : "write {name}, which takes one segment")"
        }
        if text.contains("{") || text.contains("}") { return placeholderFault(isLast: isLast) }
        if text.hasPrefix(":") || text.contains("(:") || text.contains(".:") || text.contains("-:") || isBracketed {
            return "`\(text)` would stand for itself: write {\(name ?? "name")}"
        }
        if text == "." || text == ".." { return "a client leaves out `\(text)` before it asks: write the path that is meant" }
        return characterFault
    }

    private var isBracketed: Bool { text.contains("<") || text.contains(">") || text.contains("[") || text.contains("]") }

    /// What RFC 3986 (§3.3) does not allow in a path.
    private var characterFault: String? {
        if let character = text.first(where: { "\"\\^`|".contains($0) }) {
            return "a path has no \(character): percent-encode it"
        }
        let bytes = Array(text.utf8)
        let isEncoded = bytes.indices.allSatisfy { index in
            bytes[index] != UInt8(ascii: "%") || index + 2 < bytes.count && bytes[index + 1].isHex && bytes[index + 2].isHex
        }
        return isEncoded ? nil : "a % in a path begins two hexadecimal digits: write %25 for itself"
    }

    private func placeholderFault(isLast: Bool) -> String? {
        let inner = text.dropFirst().dropLast()
        guard text.hasPrefix("{"), text.hasSuffix("}"), text.utf8.count > 2, !inner.contains("{"), !inner.contains("}") else {
            return "`\(text)` is no placeholder: write {name} between slashes, or {name...} at the end"
        }
        if inner == "..." { return "a placeholder has a name: write {rest...}, and `rest: String` among the parameters" }
        let word = inner.hasSuffix("...") ? inner.dropLast(3) : inner
        if Self.isName(word), isLast || !inner.hasSuffix("...") { return nil }
        if let colon = inner.firstIndex(where: { $0 == ":" || $0 == "=" }), Self.isName(inner[..<colon]) {
            return "`\(text)`: the function's parameter says what it is: write {\(inner[..<colon])}"
        }
        if inner.hasSuffix("?"), Self.isName(inner.dropLast()) {
            return
                "`\(text)`: a path parameter is always there: write a function for each path, or a query parameter `\(inner.dropLast()): String?`"
        }
        return "`\(text)` is no placeholder: write {name} between slashes, or {name...} at the end"
    }

    private var rest: String { "{\(name ?? "rest")...}" }

    /// The name that seems to be meant: the last one.
    private var name: Substring? { text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.last { Self.isName($0) } }

    private static func isName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(\.isNameByte) && text.first?.isNumber == false
    }
}

extension UInt8 {
    fileprivate var isHex: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): true
        default: false
        }
    }
}
