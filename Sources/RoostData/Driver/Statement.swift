/// A statement as a driver runs it: text with placeholders, and their values.
public struct Statement: Hashable, Sendable {
    /// The text. The placeholders are `$1`, `$2`, … for every engine.
    public var text: String
    /// The values of the placeholders, in order.
    public var bindings: [SQLData]

    /// Creates a statement.
    /// - Parameters:
    ///   - text: Trusted text with the placeholders `$1`, `$2`, ….
    ///   - bindings: The values of the placeholders, in order.
    public init(_ text: String, _ bindings: [SQLData] = []) {
        self.text = text
        self.bindings = bindings
    }

    /// Appends a placeholder for a value.
    mutating func bind(_ value: SQLData) {
        bindings.append(value)
        text += "$"
        text += String(bindings.count)
    }

    /// Appends placeholders for the values of a list, which is not empty, in parentheses.
    mutating func bind(list values: [SQLData]) {
        let size = Self.size(ofList: values.count)
        text.append("(")
        for index in 0..<size {
            if index > 0 { text.append(", ") }
            bind(values[min(index, values.count - 1)])
        }
        text.append(")")
    }

    /// Appends SQL that was written by hand.
    mutating func append(_ sql: SQL) {
        for part in sql.parts {
            switch part {
            case .text(let text): self.text += text
            case .binding(let value): bind(value)
            case .list(let values): bind(list: values)
            }
        }
    }

    private static func size(ofList count: Int) -> Int {
        // Rounded up, the longest lists would exceed what an engine can bind.
        guard count <= 31_744 else { return count }
        guard count <= 1024 else { return (count + 1023) / 1024 * 1024 }
        var size = 1
        while size < count { size *= 2 }
        return size
    }

    /// The keyword that the statement begins with, such as `SELECT`, which names its span.
    package var operation: String { String(text.drop(while: \.isWhitespace).prefix(while: \.isLetter)).uppercased() }
}

/// The result of a statement.
public struct StatementResult<Row: Sendable>: Sendable {
    /// The decoded rows.
    public var rows: [Row]
    /// The number of rows that were inserted, updated or deleted.
    public var changes: Int

    /// Creates a result.
    public init(rows: [Row] = [], changes: Int = 0) {
        self.rows = rows
        self.changes = changes
    }
}
