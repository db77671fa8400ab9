/// A prepared statement as a flight has sent it, with the columns of its result.
struct SentStatement {
    let prepared: PreparedStatement
    /// Whether the flight prepares the statement.
    let isNew: Bool
    private var columns: Columns
    /// The revision of the statement's columns that `columns` takes into account.
    private var revision: Int
    /// Whether the server is about to describe the columns, as it does when the statement is prepared.
    private var isDescribed: Bool

    init(_ prepared: PreparedStatement, isNew: Bool) {
        self.prepared = prepared
        self.isNew = isNew
        (columns, revision, isDescribed) = (prepared.columns, prepared.revision, isNew)
    }

    /// Checks that the server has to describe the parameters.
    func takeParameters() throws(ProtocolViolation) {
        guard isDescribed else { throw Flight.unexpected("a description of parameters") }
    }

    /// Takes the server's description of the columns.
    /// - Parameter body: The description; `nil` if there are no columns.
    mutating func take(columns body: UnsafeRawBufferPointer?) throws(ProtocolViolation) {
        guard isDescribed else { throw Flight.unexpected("a description of columns") }
        isDescribed = false
        let found = try body.map { body throws(ProtocolViolation) in try Columns(body) } ?? Columns.none
        if !found.matches(columns) { prepared.take(found) }
    }

    /// Returns the columns as the server sends them. The flight that prepares the statement, this one or another, may have learnt of others
    /// after they were asked for.
    mutating func currentColumns() -> Columns {
        if prepared.revision != revision { (columns, revision) = (prepared.columns.asked(as: columns), prepared.revision) }
        return columns
    }
}
