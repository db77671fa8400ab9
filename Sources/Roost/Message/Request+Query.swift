extension Request {
    /// The query parameter of this name, decoded as `application/x-www-form-urlencoded` (WHATWG URL §5.1).
    ///
    /// `?name=` and `?name` have a value, which is empty. Parameters that nobody asks for are passed over, however they are encoded.
    /// - Returns: `nil` where there is none.
    /// - Throws: a `Problem` with status 422 where the value is not percent-encoded UTF-8, has the character U+0000, or where there are
    ///   several: it is never taken for one that is not there.
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
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard Self.isKey(parts[0], name) else { continue }
            guard case .absent = found else { return .refused(rule: "repeated", message: "must be given once") }
            found = parts.count == 2 ? ParameterText(encoded: parts[1]) : .text("")
        }
        return found
    }

    private static func isKey(_ encoded: Substring.UTF8View, _ name: String) -> Bool {
        if encoded.elementsEqual(name.utf8) { return true }
        guard encoded.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else { return false }
        return PercentCoding.decode(encoded, plusIsSpace: true)?.isSame(as: name) == true
    }
}

/// What a request says of a parameter.
public enum ParameterText: Sendable {
    case absent
    case text(String)
    /// It is there and is no text that may enter.
    case refused(rule: String, message: String)

    /// Text that came as it is. What was not UTF-8 has become the replacement character, which tells nothing of what stood there.
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

    /// A value of a query.
    init(encoded value: Substring.UTF8View) {
        guard let text = PercentCoding.decode(value, plusIsSpace: true) else {
            self = .refused(rule: "encoding", message: "must be percent-encoded UTF-8")
            return
        }
        self = text.utf8.contains(0) ? .refused(rule: NullCharacter.rule, message: NullCharacter.message) : .text(text)
    }
}
