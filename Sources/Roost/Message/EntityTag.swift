/// The validators of a conditional request (RFC 9110 §8.8.3): `"a1"`, or `W/"a1"`, which is weak.
public struct EntityTag: Hashable, Sendable, CustomStringConvertible {
    /// What stands between the quotes.
    public let opaque: String
    /// Whether the contents that bear it are as good as each other rather than the same, byte for byte.
    public let isWeak: Bool

    /// - Parameter opaque: visible characters without quotes.
    public init(_ opaque: String, isWeak: Bool = false) {
        self.opaque = opaque
        self.isWeak = isWeak
    }

    public var description: String { isWeak ? "W/\"\(opaque)\"" : "\"\(opaque)\"" }
}

/// What `If-Match` or `If-None-Match` names (RFC 9110 §13.1.1, §13.1.2).
enum EntityTagCondition: Hashable {
    /// `*`: whatever there is.
    case any
    case tags([EntityTag])

    /// - Parameter lines: the values of the field's lines. What is no tag in them names nothing; a comma may stand in a tag.
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

    /// Whether one of the tags is this one: byte for byte where the comparison is strong, and then neither is weak (§8.8.3.2).
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

/// What a request asks of the content that is there before it is to be answered (RFC 9110 §13).
enum Precondition {
    /// The request goes on.
    case holds
    /// 304: the caller has what is there.
    case notModified
    /// 412: what is there is not what the caller takes it for.
    case failed

    /// The outcome for content that has a tag and no date, in the order of RFC 9110 §13.2.2. Without a date the conditions on dates say
    /// nothing, and without ranges neither does `If-Range`.
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
