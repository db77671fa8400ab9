/// The beginning of a page: the sort key of the last item before it. Clients treat it as opaque.
public struct PageCursor: ParameterValue, Hashable {
    /// The sort key of the last item on the previous page.
    public let key: String

    /// The largest number of bytes of a cursor as it is sent.
    public static let longest = 2048

    /// Creates a cursor for the page that follows an item.
    /// - Parameter key: The item's sort key.
    public init(after key: String) { self.key = key }

    /// Reads a cursor from at most `longest` bytes of URL-safe base64, or returns `nil` if the text is not a cursor.
    public init?(parameter: String) {
        guard (1...Self.longest).contains(parameter.utf8.count), let bytes = Base64URL.decode(parameter),
            let key = String(validating: bytes, as: UTF8.self), !key.utf8.contains(0)
        else { return nil }
        self.key = key
    }

    /// The key in URL-safe base64 without padding (RFC 4648 §5).
    public var parameter: String { Base64URL.encode(key.utf8) }

    /// A string in the format `cursor`.
    public static var parameterSchema: JSONSchema { .scalar(type: "string", format: "cursor") }
}

extension Page {
    /// Creates a page from rows. The query asks for one row more than the limit, which shows that there is a next page.
    /// - Parameters:
    ///   - rows: The rows.
    ///   - limit: The limit of the page.
    ///   - key: Returns the sort key of an item.
    public init(_ rows: [Item], limit: PageLimit, key: (Item) -> String) {
        let items = Array(rows.prefix(limit.count))
        self.init(items: items, next: rows.count > limit.count ? items.last.map { PageCursor(after: key($0)).parameter } : nil)
    }
}
