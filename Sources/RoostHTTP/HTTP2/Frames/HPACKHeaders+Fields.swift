import NIOHPACK
import Roost

extension HPACKHeaders {
    /// Adds fields, their names in lower case. Those that belong to an HTTP/1.1 connection are left out (RFC 9113 §8.2.2).
    /// - Returns: the names of those that could not be added as they were given.
    @discardableResult
    mutating func add(_ headers: Headers, where isWanted: (String) -> Bool = { _ in true }) -> [String] {
        var refused: [String] = []
        for (name, value) in headers.fields where isWanted(name) {
            guard let field = Self.fieldName(name) else {
                refused.append(name)
                continue
            }
            if Self.isOfConnection(field, value) { continue }
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

    /// - Returns: the value as it may be sent, where that is not as it is.
    private static func cleaned(_ value: String) -> String? {
        let hasSpaceAtEnds = value.utf8.first.map(FieldSyntax.isSpace) == true || value.utf8.last.map(FieldSyntax.isSpace) == true
        if !hasSpaceAtEnds, value.utf8.allSatisfy(FieldSyntax.isValueCharacter) { return nil }
        let spaced = value.utf8.map { FieldSyntax.isValueCharacter($0) ? $0 : 0x20 }
        let trimmed = spaced.drop(while: FieldSyntax.isSpace).reversed().drop(while: FieldSyntax.isSpace).reversed()
        return String(decoding: Array(trimmed), as: UTF8.self)
    }

    private static func isOfConnection(_ name: String, _ value: String) -> Bool {
        switch name {
        case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "host": true
        case "te": value != "trailers"
        default: false
        }
    }

    /// What is different each time would only drive useful entries out of the peer's table.
    private static func indexing(_ name: String) -> HPACKIndexing {
        switch name {
        case "set-cookie", "cookie": .neverIndexed
        case "traceparent", "x-request-id", "x-request-timeout-ms", "grpc-timeout", "idempotency-key", "content-length", "etag", "location":
            .nonIndexable
        default: .indexable
        }
    }
}
