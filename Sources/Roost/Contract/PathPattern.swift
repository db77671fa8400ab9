/// A path with placeholders: `/orders/{id}`. A last segment `{name...}` takes the rest of the path.
public struct PathPattern: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// One part of a pattern between two slashes.
    public enum Segment: Hashable, Sendable {
        /// Text that must be the same.
        case literal(String)
        /// A parameter with this name, which takes the whole segment.
        case placeholder(String)
        /// A parameter with this name, which takes the rest of the path.
        case rest(String)
    }

    /// The parts of the pattern, in order.
    public let segments: [Segment]
    /// The pattern as it was written.
    public let description: String

    /// Creates a pattern from a literal, such as `"/orders/{id}"`.
    public init(stringLiteral pattern: String) { self.init(pattern) }

    /// Creates a pattern from text, such as `/orders/{id}`.
    public init(_ pattern: String) {
        description = pattern
        segments = pattern.split(separator: "/").map { part in
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .literal(String(part)) }
            let name = part.dropFirst().dropLast()
            return name.hasSuffix("...") ? .rest(String(name.dropLast(3))) : .placeholder(String(name))
        }
    }

    /// Returns the path with each placeholder replaced by its percent-encoded value.
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

    /// Returns the fault of a percent-decoded parameter, which must be an identifier (`Check.identifier`); `nil` if it is one.
    func fault(in text: String, of name: String) -> Fault? {
        if takesRest(name) ? Self.isRest(text) : VisibleText.isIdentifier(text) { return nil }
        return Fault(pointer: "/" + name, rule: "identifier", message: "must be \(Format.identifier.expectation)")
    }

    /// Whether a parameter takes the rest of the path.
    private func takesRest(_ name: String) -> Bool {
        if case .rest(name)? = segments.last { true } else { false }
    }

    /// Returns whether each segment of a text is an identifier.
    private static func isRest(_ text: String) -> Bool {
        text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy {
            VisibleText.isIdentifier(String(Substring($0)))
        }
    }
}
