import RoostData

/// Stored as its code.
extension Currency: SQLValue {
    /// Reads a code, or returns `nil` if it is not that of an active currency.
    public init?(sql data: SQLData) {
        guard case .text(let code) = data else { return nil }
        self.init(code)
    }

    /// The code.
    public var sql: SQLData { .text(code) }

    /// Text.
    public static var columnType: ColumnType { .text }
}
