/// The number of items that a page may have: from 1 to 100, by default 20.
public struct PageLimit: ParameterValue, Hashable {
    /// The number of items, from 1 to 100.
    public let count: Int

    /// The limit if a request names none: 20 items.
    public static let `default` = PageLimit(count: 20)

    private init(count: Int) { self.count = count }

    /// Reads a limit, or returns `nil` if the text is not a whole number from 1 to 100.
    public init?(parameter: String) {
        guard let count = Int(parameter), (1...100).contains(count) else { return nil }
        self.count = count
    }

    /// The number as decimal text.
    public var parameter: String { String(count) }

    /// An integer from 1 to 100.
    public static var parameterSchema: JSONSchema { JSONSchema.integer.range(Bounds(1...100)) }
}
