import Roost
import RoostData

/// A flight with one statement whose rows are wanted.
class StatementFlight: Flight {
    final let statement: Statement
    /// The statement as the connection has prepared it; set when the flight is sent.
    final var prepared: PreparedStatement?
    /// The columns as they were asked for.
    private final var columns = Columns.none
    /// Whether the connection describes the columns once more, as it does when it prepares the statement.
    private final var isDescribed = false
    /// The first row that could not be read.
    private(set) final var fault: (any Error)?
    private(set) final var changes = 0
    /// Its place in the queue of those who wait for a connection.
    final var ticket: UInt64 = 0
    /// Whether the statement was sent a second time.
    final var isRepeated = false
    /// Whether the statement only reads, so that it can be sent again if the connection is lost.
    final let onlyReads: Bool
    /// Whether the server has paused before the last row.
    private(set) final var isPaused = false
    /// The name of the portal, if the rows are wanted in portions.
    final var portal: String?
    /// The number of rows after which the server pauses; 0 for no limit.
    final var limit: Int32 = 0
    /// When it began to wait, the last time that it was sent.
    private(set) final var start: ContinuousClock.Instant

    init(_ statement: Statement, id: UInt64, onlyReads: Bool, deadline: ContinuousClock.Instant?, start: ContinuousClock.Instant) {
        self.statement = statement
        self.onlyReads = onlyReads
        self.start = start
        super.init(id: id, expected: 1, deadline: deadline)
    }

    /// Notes how the statement is sent.
    final func depart(_ prepared: PreparedStatement, isDescribed: Bool) {
        self.prepared = prepared
        (self.isDescribed, isNew) = (isDescribed, isDescribed)
        columns = prepared.columns
    }

    final override var current: PreparedStatement? { prepared }
    private(set) final var isNew = false
    final override var reusesCurrent: Bool { !isNew }

    /// Reads one row.
    func read(_ row: PostgresRow) throws {}

    final override func take(row: UnsafeRawBufferPointer, in cursor: PostgresRow) throws(ProtocolViolation) {
        try cursor.take(row, columns)
        guard !isAbandoned, fault == nil else { return }
        do { try read(cursor) } catch { fault = error }
        cursor.clear()
    }

    final override func take(parameters: [OID]) throws(ProtocolViolation) {
        guard isDescribed else { throw Self.unexpected("a description of parameters") }
    }

    final override func take(columns body: UnsafeRawBufferPointer?) throws(ProtocolViolation) {
        guard isDescribed, let prepared else { throw Self.unexpected("a description of columns") }
        isDescribed = false
        let current = try body.map { body throws(ProtocolViolation) in try Columns(body, formats: columns) } ?? Columns.none
        if current.matches(columns) { return }
        columns = current
        prepared.take(try body.map { body throws(ProtocolViolation) in try Columns(body) } ?? Columns.none)
    }

    final override func complete(_ tag: CommandTag) { changes = tag.changes }

    final override func suspend() throws(ProtocolViolation) {
        guard portal != nil else { throw Self.unexpected("a pause") }
        isPaused = true
    }

    override func reset() -> Bool {
        guard !isRepeated else { return false }
        isRepeated = true
        start = .now
        (fault, changes, prepared) = (nil, 0, nil)
        return true
    }
}

/// A flight that reads each row with a closure.
final class RowsFlight<Row: Sendable>: StatementFlight {
    typealias Result = StatementResult<Row>
    typealias Decode = @Sendable (inout RowReader) throws -> Row

    private let decode: Decode
    private let caller: UnsafeContinuation<Result, any Error>
    private var rows: [Row] = []

    init(
        _ statement: Statement, id: UInt64 = 0, onlyReads: Bool = false, deadline: ContinuousClock.Instant? = nil,
        start: ContinuousClock.Instant = .now, decode: @escaping Decode, caller: UnsafeContinuation<Result, any Error>
    ) {
        self.decode = decode
        self.caller = caller
        super.init(statement, id: id, onlyReads: onlyReads, deadline: deadline, start: start)
    }

    override func read(_ row: PostgresRow) throws {
        var reader = RowReader(row)
        rows.append(try decode(&reader))
    }

    override func resume(with error: (any Error)?) {
        if let error = error ?? fault { return caller.resume(throwing: error) }
        caller.resume(returning: Result(rows: rows, changes: changes))
    }

    override func reset() -> Bool {
        rows = []
        return super.reset()
    }
}
