#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where a page begins: the sort key of the last item before it, opaque to clients.
public struct PageCursor: ParameterValue, Hashable {
    public let key: String

    public init(after key: String) { self.key = key }

    public init?(parameter: String) {
        let standard = parameter.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        let padding = String(repeating: "=", count: (4 - standard.count % 4) % 4)
        guard (1...512).contains(parameter.utf8.count), let data = Data(base64Encoded: String(standard) + padding),
            let key = String(validating: data, as: UTF8.self), !key.utf8.contains(0)
        else { return nil }
        self.key = key
    }

    /// URL-safe base 64 without padding (RFC 4648 §5).
    public var parameter: String {
        String(Data(key.utf8).base64EncodedString().compactMap { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 == "=" ? nil : $0 })
    }

    public static var parameterSchema: JSONSchema { .scalar(type: "string", format: "cursor") }
}

extension Page {
    /// The page of rows that were asked for with one more than its limit, so that a next page is known to be.
    /// - Parameter key: an item's sort key.
    public init(_ rows: [Item], limit: PageLimit, key: (Item) -> String) {
        let items = Array(rows.prefix(limit.count))
        self.init(items: items, next: rows.count > limit.count ? items.last.map { PageCursor(after: key($0)).parameter } : nil)
    }
}
