/// An entity tag (RFC 9110 §8.8.3), such as `"a1"`, or `W/"a1"`, which is weak.
public struct EntityTag: Hashable, Sendable, CustomStringConvertible {
    /// The text between the quotes.
    public let opaque: String
    /// Whether contents with this tag are equivalent rather than identical.
    public let isWeak: Bool

    /// Creates an entity tag.
    /// - Parameters:
    ///   - opaque: Visible characters without quotes.
    ///   - isWeak: Whether contents with this tag are equivalent rather than identical.
    public init(_ opaque: String, isWeak: Bool = false) {
        self.opaque = opaque
        self.isWeak = isWeak
    }

    /// The tag as a header field holds it, in quotes.
    public var description: String { isWeak ? "W/\"\(opaque)\"" : "\"\(opaque)\"" }
}

/// The condition in `If-Match` or `If-None-Match` (RFC 9110 §13.1.1, §13.1.2).
enum EntityTagCondition: Hashable {
    /// `*`: any content.
    case any
    case tags([EntityTag])

    /// Reads a condition.
    /// - Parameter lines: The values of the field's lines. Text that is not a tag is ignored; a tag may contain a comma.
    init(_ lines: [String]) {
        var tags: [EntityTag] = []
        for line in lines {
            if line == "*" {
                self = .any
                return
            }
            var rest = line.utf8[...]
            while let tag = Self.next(in: &rest) { tags.append(tag) }
        }
        self = .tags(tags)
    }

    /// Returns whether one of the tags equals a tag. A strong comparison also requires that neither is weak (§8.8.3.2).
    func matches(_ tag: EntityTag, strongly: Bool) -> Bool {
        switch self {
        case .any: true
        case .tags(let tags): tags.contains { $0.opaque.utf8.elementsEqual(tag.opaque.utf8) && !(strongly && ($0.isWeak || tag.isWeak)) }
        }
    }

    private static func next(in rest: inout Substring.UTF8View) -> EntityTag? {
        let quote = UInt8(ascii: "\"")
        while let start = rest.firstIndex(of: quote) {
            let isWeak = rest[..<start].suffix(2).elementsEqual("W/".utf8)
            rest = rest[rest.index(after: start)...]
            guard let end = rest.firstIndex(of: quote) else { return nil }
            defer { rest = rest[rest.index(after: end)...] }
            return EntityTag(String(Substring(rest[..<end])), isWeak: isWeak)
        }
        return nil
    }
}

/// The result of a request's conditions on the current content (RFC 9110 §13).
enum Precondition {
    /// The request is to be answered.
    case holds
    /// 304: the client has the current content.
    case notModified
    /// 412: the content is not the one that the client expects.
    case failed

    /// Evaluates the conditions for content that has a tag but no date, in the order of RFC 9110 §13.2.2. Without a date, conditions on
    /// dates are ignored, and without ranges, so is `If-Range`.
    init(of request: Request, on tag: EntityTag) {
        let match = request.headers.values("if-match"), noneMatch = request.headers.values("if-none-match")
        if !match.isEmpty, !EntityTagCondition(match).matches(tag, strongly: true) {
            self = .failed
        } else if !noneMatch.isEmpty, EntityTagCondition(noneMatch).matches(tag, strongly: false) {
            self = request.method == .get || request.method == .head ? .notModified : .failed
        } else {
            self = .holds
        }
    }
}
