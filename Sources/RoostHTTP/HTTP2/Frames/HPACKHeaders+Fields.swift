import NIOHPACK
import Roost

extension HPACKHeaders {
    /// Adds fields with their names in lower case. Fields that are specific to an HTTP/1.1 connection are left out (RFC 9113 §8.2.2).
    /// - Returns: The names of the fields that are invalid, and were therefore changed or left out.
    @discardableResult
    mutating func add(_ headers: Headers, where isWanted: (String) -> Bool = { _ in true }) -> [String] {
        var refused: [String] = []
        for (name, value) in headers.fields where isWanted(name) {
            guard let field = Self.fieldName(name) else {
                refused.append(name)
                continue
            }
            if field == "host" || FieldRules.isOfConnection(field, value) { continue }
            let clean = Self.cleaned(value)
            if clean != nil { refused.append(name) }
            add(name: field, value: clean ?? value, indexing: Self.indexing(field))
        }
        return refused
    }

    private static func fieldName(_ name: String) -> String? {
        guard FieldSyntax.isToken(name.utf8) else { return nil }
        return name.utf8.contains { $0 &- 0x41 < 26 } ? name.lowercased() : name
    }

    /// Returns a valid form of a value, or `nil` if it is valid as it is.
    private static func cleaned(_ value: String) -> String? {
        let hasSpaceAtEnds = value.utf8.first.map(FieldSyntax.isSpace) == true || value.utf8.last.map(FieldSyntax.isSpace) == true
        if !hasSpaceAtEnds, value.utf8.allSatisfy(FieldSyntax.isValueCharacter) { return nil }
        let spaced = value.utf8.map { FieldSyntax.isValueCharacter($0) ? $0 : 0x20 }
        let trimmed = spaced.drop(while: FieldSyntax.isSpace).reversed().drop(while: FieldSyntax.isSpace).reversed()
        return String(decoding: Array(trimmed), as: UTF8.self)
    }

    private static func indexing(_ name: String) -> HPACKIndexing {
        switch name {
        case "cookie", "set-cookie": .neverIndexed
        default: isFresh(name) ? .nonIndexable : .indexable
        }
    }

    /// Returns whether a field has a different value each time, and would only displace useful entries from the peer's dynamic table.
    private static func isFresh(_ name: String) -> Bool {
        switch name.utf8.count {
        case 4: name == "etag"
        case 8: name == "location"
        case 11: name == "traceparent"
        case 12: name == "x-request-id" || name.hasSuffix("-timeout")
        case 14: name == "content-length"
        case 15: name == "idempotency-key"
        case 20: name == "x-request-timeout-ms"
        default: false
        }
    }
}
