/// How many items a page may have: 1 to 100, 20 if left out.
public struct PageLimit: ParameterValue, Hashable {
    public let count: Int

    public static let `default` = PageLimit(count: 20)

    private init(count: Int) { self.count = count }

    public init?(parameter: String) {
        guard let count = Int(parameter), (1...100).contains(count) else { return nil }
        self.count = count
    }

    public var parameter: String { String(count) }

    public static var parameterSchema: JSONSchema { JSONSchema.integer.range(Bounds(1...100)) }
}
