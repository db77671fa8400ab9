extension Request {
    /// Returns a query parameter, decoded as `application/x-www-form-urlencoded` (WHATWG URL §5.1).
    ///
    /// `?name=` and `?name` have an empty value. Parameters that nobody asks for are ignored, whatever their encoding.
    /// - Returns: `nil` if the parameter is absent.
    /// - Throws: A `Problem` with status 422 if the value is not percent-encoded UTF-8, contains the character U+0000, or is given more
    ///   than once.
    public func queryParameter(_ name: String) throws(Problem) -> String? {
        switch queryText(name) {
        case .absent: return nil
        case .text(let text): return text
        case .refused(let rule, let message): throw .invalid([Fault(pointer: JSONPointer.step(name), rule: rule, message: message)])
        }
    }

    package func queryText(_ name: String) -> ParameterText {
        guard !query.isEmpty else { return .absent }
        var found = ParameterText.absent
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            guard let text = Self.text(of: name, in: pair) else { continue }
            guard case .absent = found else { return .refused(rule: "repeated", message: "must be given once") }
            found = text
        }
        return found
    }

    /// Returns the values of a parameter that can be given several times, in their order. If there are too many, only one too many is
    /// returned.
    package func queryTexts(_ name: String) -> [ParameterText] {
        var texts: [ParameterText] = []
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            guard let text = Self.text(of: name, in: pair) else { continue }
            texts.append(text)
            if texts.count > ParameterList.limit { break }
        }
        return texts
    }

    /// Returns the value of a pair; `nil` if it is not one of this parameter.
    private static func text(of name: String, in pair: Substring.UTF8View) -> ParameterText? {
        let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        guard isKey(parts[0], name) else { return nil }
        return parts.count == 2 ? ParameterText(encoded: parts[1]) : .text("")
    }

    private static func isKey(_ encoded: Substring.UTF8View, _ name: String) -> Bool {
        if encoded.elementsEqual(name.utf8) { return true }
        guard encoded.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else { return false }
        return PercentCoding.decode(encoded, plusIsSpace: true)?.isSame(as: name) == true
    }
}

/// A parameter as a request holds it.
public enum ParameterText: Sendable {
    /// The request does not have the parameter.
    case absent
    /// The parameter's text, decoded.
    case text(String)
    /// The parameter is present, but its text is not acceptable.
    case refused(rule: String, message: String)

    /// Creates a text that came undecoded. A replacement character marks bytes that were not UTF-8, so such text is refused.
    package init(_ text: String) {
        if text.utf8.allSatisfy({ $0 &- 1 < 0x7F }) {
            self = .text(text)
        } else if text.utf8.contains(0) {
            self = .refused(rule: NullCharacter.rule, message: NullCharacter.message)
        } else if text.unicodeScalars.contains("\u{FFFD}") {
            self = .refused(rule: "encoding", message: "must be UTF-8")
        } else {
            self = .text(text)
        }
    }

    /// Decodes a value of a query.
    init(encoded value: Substring.UTF8View) {
        guard let text = PercentCoding.decode(value, plusIsSpace: true) else {
            self = .refused(rule: "encoding", message: "must be percent-encoded UTF-8")
            return
        }
        self = text.utf8.contains(0) ? .refused(rule: NullCharacter.rule, message: NullCharacter.message) : .text(text)
    }
}
