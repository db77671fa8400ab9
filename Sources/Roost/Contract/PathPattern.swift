/// A path with placeholders: `/orders/{id}`. A last segment `{name...}` takes the rest of the path.
public struct PathPattern: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    public enum Segment: Hashable, Sendable {
        case literal(String)
        case placeholder(String)
        case rest(String)
    }

    public let segments: [Segment]
    public let description: String

    public init(stringLiteral pattern: String) { self.init(pattern) }

    public init(_ pattern: String) {
        description = pattern
        segments = pattern.split(separator: "/").map { part in
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .literal(String(part)) }
            let name = part.dropFirst().dropLast()
            return name.hasSuffix("...") ? .rest(String(name.dropLast(3))) : .placeholder(String(name))
        }
    }

    /// The path with each placeholder filled by what `value` gives for it, percent-encoded.
    public func filled(with value: (String) -> String) -> String {
        guard !segments.isEmpty else { return "/" }
        return segments.map { segment in
            switch segment {
            case .literal(let text): "/" + text
            case .placeholder(let name): "/" + PercentCoding.encode(value(name))
            case .rest(let name):
                "/"
                    + value(name).split(separator: "/", omittingEmptySubsequences: false).map { PercentCoding.encode(String($0)) }.joined(
                        separator: "/")
            }
        }.joined()
    }

    /// What is wrong with a parameter, percent-decoded, by whichever wire it came: it must be an identifier (`Check.identifier`).
    func fault(in text: String, of name: String) -> Fault? {
        if takesRest(name) ? Self.isRest(text) : VisibleText.isIdentifier(text) { return nil }
        return Fault(pointer: "/" + name, rule: "identifier", message: "must be \(Format.identifier.expectation)")
    }

    /// Whether a parameter takes the rest of the path.
    private func takesRest(_ name: String) -> Bool {
        if case .rest(name)? = segments.last { true } else { false }
    }

    /// Whether each segment of a text is an identifier.
    private static func isRest(_ text: String) -> Bool {
        text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy {
            VisibleText.isIdentifier(String(Substring($0)))
        }
    }
}
