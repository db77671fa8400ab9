/// The position in HTML at which a text ends, as far as it matters for a value at this place.
struct HTMLPosition: Equatable {
    private enum Place: Equatable {
        case text
        case comment
        case tag(name: String)
        case attribute(quote: Character, tag: String)
        /// In an element whose content is not HTML.
        case raw(element: String)
    }

    private var place = Place.text

    /// Whether an escaped value is read as text here: in the text of an element, and in quotes.
    var admitsValues: Bool {
        switch place {
        case .text, .attribute: true
        case .comment, .tag, .raw: false
        }
    }

    /// Whether this is between the tags, where anything may follow.
    var isBetweenTags: Bool { place == .text }

    /// Advances past a text.
    mutating func pass(_ text: Substring) {
        var rest = text
        while !rest.isEmpty { step(&rest) }
    }

    private mutating func step(_ rest: inout Substring) {
        switch place {
        case .text:
            guard let start = rest.firstIndex(of: "<") else { return rest = "" }
            rest = rest[start...]
            if skip("<!--", in: &rest) { return place = .comment }
            rest.removeFirst()
            // Otherwise it is only a character. What a template puts in here may be the name of a tag.
            guard rest.first.map({ $0.isLetter || "/!?".contains($0) }) ?? true else { return }
            place = .tag(name: rest.prefix { $0.isLetter }.lowercased())
        case .comment:
            skip(past: "-->", in: &rest)
        case .raw(let element):
            skip(past: "</\(element)", in: &rest)
        case .tag(let name):
            switch rest.removeFirst() {
            case ">": place = ["style", "script"].contains(name) ? .raw(element: name) : .text
            case let quote where quote == "\"" || quote == "'": place = .attribute(quote: quote, tag: name)
            default: break
            }
        case .attribute(let quote, let tag):
            if rest.removeFirst() == quote { place = .tag(name: tag) }
        }
    }

    private func skip(_ text: String, in rest: inout Substring) -> Bool {
        guard rest.hasPrefix(text) else { return false }
        rest = rest.dropFirst(text.count)
        return true
    }

    /// Advances past the end of content that is not HTML, if the text contains it. For an element, the rest of its end tag follows.
    private mutating func skip(past end: String, in rest: inout Substring) {
        // Names of elements are the same in capitals.
        while rest.prefix(end.count).lowercased() != end {
            guard let next = rest.dropFirst().firstIndex(where: { $0 == end.first }) else { return rest = "" }
            rest = rest[next...]
        }
        rest = rest.dropFirst(end.count)
        place = end == "-->" ? .text : .tag(name: "")
    }
}
