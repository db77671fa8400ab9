import SwiftSyntax

/// A path pattern as it is written in an attribute: `"/orders/{id}"`.
struct PathLiteral {
    let syntax: ExprSyntax
    let text: String
    let placeholders: [String]

    init?(_ syntax: ExprSyntax, _ findings: inout Findings) {
        guard let text = syntax.plainText else {
            findings.error("write the path as a plain string: the route is generated at compile time", at: syntax)
            return nil
        }
        guard text.utf8.first == UInt8(ascii: "/") else {
            findings.error("a path must start with /: write \"/\(text)\"", at: syntax)
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
                "a path can't contain spaces, ? or #, and non-ASCII characters must be percent-encoded; the query consists of the function's other parameters",
                at: syntax)
            return nil
        }
        let placeholders = segments.filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast().prefix { $0 != "." }) }
        for (index, name) in placeholders.enumerated() where placeholders[..<index].contains(name) {
            findings.error("the placeholder `\(name)` occurs twice: rename one of them", at: syntax)
        }
        self.syntax = syntax
        self.text = text
        self.placeholders = placeholders
    }

    private static func emptiness(_ segment: Substring, isLast: Bool) -> String? {
        segment.isEmpty && !isLast ? "two slashes have nothing between them: write one" : nil
    }

    /// The path with all placeholders alike: two routes with the same shape and method collide.
    var shape: String {
        text.split(separator: "/").map { $0.hasSuffix("...}") ? "{...}" : $0.hasPrefix("{") ? "{}" : String($0) }.joined(separator: "/")
    }
}

/// The text between two slashes of a pattern. Other frameworks' placeholder syntax would be a literal here that never matches, so it is an
/// error that says what to write instead.
struct PathSegment {
    private let text: Substring

    init(_ text: Substring) { self.text = text }

    /// - Parameter isLast: Whether a placeholder may match the rest of the path here.
    func fault(isLast: Bool) -> String? {
        if text.contains("*") {
            return "`\(text)` would be literal text: \(isLast ? "write \(rest)" : "write {name}, which matches one segment")"
        }
        if text.contains("{") || text.contains("}") { return placeholderFault(isLast: isLast) }
        if text.hasPrefix(":") || text.contains("(:") || text.contains(".:") || text.contains("-:") || isBracketed {
            return "`\(text)` would be literal text: write {\(name ?? "name")}"
        }
        if text == "." || text == ".." { return "clients remove `\(text)` from a path before they send it: write the resulting path" }
        return characterFault
    }

    private var isBracketed: Bool { text.contains("<") || text.contains(">") || text.contains("[") || text.contains("]") }

    /// The characters that RFC 3986 (§3.3) does not allow in a path.
    private var characterFault: String? {
        if let character = text.first(where: { "\"\\^`|".contains($0) }) {
            return "a path can't contain \(character): percent-encode it"
        }
        let bytes = Array(text.utf8)
        let isEncoded = bytes.indices.allSatisfy { index in
            bytes[index] != UInt8(ascii: "%") || index + 2 < bytes.count && bytes[index + 1].isHex && bytes[index + 2].isHex
        }
        return isEncoded ? nil : "a % in a path is followed by two hexadecimal digits: write %25 for a percent sign"
    }

    private func placeholderFault(isLast: Bool) -> String? {
        let inner = text.dropFirst().dropLast()
        guard text.hasPrefix("{"), text.hasSuffix("}"), text.utf8.count > 2, !inner.contains("{"), !inner.contains("}") else {
            return "`\(text)` is not a placeholder: write {name} between slashes, or {name...} at the end"
        }
        if inner == "..." { return "a placeholder needs a name: write {rest...}, and add the parameter `rest: String`" }
        let word = inner.hasSuffix("...") ? inner.dropLast(3) : inner
        if Self.isName(word), isLast || !inner.hasSuffix("...") { return nil }
        if let colon = inner.firstIndex(where: { $0 == ":" || $0 == "=" }), Self.isName(inner[..<colon]) {
            return "`\(text)`: the type comes from the function's parameter: write {\(inner[..<colon])}"
        }
        if inner.hasSuffix("?"), Self.isName(inner.dropLast()) {
            return
                "`\(text)`: a path parameter is always there: write a function for each path, or a query parameter `\(inner.dropLast()): String?`"
        }
        return "`\(text)` is not a placeholder: write {name} between slashes, or {name...} at the end"
    }

    private var rest: String { "{\(name ?? "rest")...}" }

    /// The name that was probably meant: the last one in the segment.
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
