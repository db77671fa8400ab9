/// The prepared statements of a connection, by their texts. The one that was not used for the longest time makes room for a new one.
struct StatementCache {
    private var statements: [String: PreparedStatement] = [:]
    private var uses: UInt64 = 0

    /// The largest number of prepared statements.
    static let limit = 256

    /// Returns the statement with a text if it is free, and `nil` otherwise.
    mutating func statement(_ text: String) -> PreparedStatement? {
        guard let statement = statements[text], !statement.isBusy else { return nil }
        uses += 1
        statement.lastUse = uses
        return statement
    }

    /// Keeps a statement, unless there is one with the same text.
    mutating func keep(_ statement: PreparedStatement, _ text: String) {
        guard statements[text] == nil else { return }
        if statements.count >= Self.limit, let oldest = statements.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            statements[oldest.key] = nil
        }
        uses += 1
        statement.lastUse = uses
        statements[text] = statement
    }

    mutating func removeAll() { statements = [:] }
}
