import Roost
import RoostData

/// A flight with one statement whose rows are wanted.
class StatementFlight: PreparedFlight {
    final let statement: Statement
    /// What is known of the statement.
    final var shape: StatementShape?
    /// Its place in the queue of those who wait for a connection.
    final var ticket: UInt64 = 0
    /// How often the statement was sent again.
    private(set) final var repetitions = 0
    /// How often a statement is sent again at most: often enough that a read survives the loss of one connection after the other.
    private static let mostRepetitions = 5
    /// Whether the statement only reads, so that it can be sent again if the connection is lost.
    final let onlyReads: Bool
    /// When it began to wait, the last time that it was sent.
    private(set) final var start: ContinuousClock.Instant
    /// The statement as the connection has prepared it; set when the flight is sent.
    final var prepared: PreparedStatement?
    /// The columns as they were asked for.
    private final var columns = Columns.none
    /// The number of changes of the statement's columns that `columns` takes into account.
    private final var knownChanges = 0
    /// Whether the connection describes the columns once more, as it does when it prepares the statement.
    private final var isDescribed = false
    private(set) final var changes = 0
    /// Whether the server has paused before the last row.
    private(set) final var isPaused = false
    /// The name of the portal, if the rows are wanted in portions.
    final var portal: String?
    /// The number of rows after which the server pauses; 0 for no limit.
    final var limit: Int32 = 0

    init(_ statement: Statement, id: UInt64, onlyReads: Bool, deadline: ContinuousClock.Instant?, start: ContinuousClock.Instant) {
        self.statement = statement
        self.onlyReads = onlyReads
        self.start = start
        super.init(id: id, expected: 1, deadline: deadline)
    }

    final override func takeShapes(from known: inout LeastRecentlyUsed<String, StatementShape>) -> Statement? {
        shape = known.value(of: statement.text)
        return shape == nil ? statement : nil
    }

    final override func write(to connection: PostgresConnection) throws(DatabaseError) {
        guard let shape else { return }
        let (prepared, isNew) = connection.prepare(shape)
        try prepared.writeBind(statement.bindings, portal: portal, into: &connection.out)
        if let portal {
            connection.out.writeExecute(portal: portal, limit: limit)
        } else {
            connection.out.writeBytes(PreparedStatement.execute)
        }
        if isNew { connection.keep(prepared, for: self) }
        depart(prepared, isDescribed: isNew)
    }

    /// Notes how the statement is sent.
    final func depart(_ prepared: PreparedStatement, isDescribed: Bool) {
        self.prepared = prepared
        (self.isDescribed, isNew) = (isDescribed, isDescribed)
        (columns, knownChanges) = (prepared.columns, prepared.changes)
    }

    final override var current: PreparedStatement? { prepared }
    private(set) final var isNew = false
    final override var reusesCurrent: Bool { !isNew }

    /// Reads one row.
    func read(_ row: PostgresRow) throws {}

    final override func take(row: UnsafeRawBufferPointer, in cursor: PostgresRow) throws(ProtocolViolation) {
        // The flight that prepares the statement, this one or another, may have learnt of other columns after this one was sent.
        if let prepared, prepared.changes != knownChanges {
            (columns, knownChanges) = (prepared.columns.asked(as: columns), prepared.changes)
        }
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
        let found = try body.map { body throws(ProtocolViolation) in try Columns(body) } ?? Columns.none
        if !found.matches(columns) { prepared.take(found) }
    }

    final override func complete(_ tag: CommandTag) { changes = tag.changes }

    final override func suspend() throws(ProtocolViolation) {
        guard portal != nil else { throw Self.unexpected("a pause") }
        isPaused = true
    }

    override func reset() -> Bool {
        guard repetitions < Self.mostRepetitions else { return false }
        repetitions += 1
        start = .now
        (fault, changes, prepared, shape) = (nil, 0, nil, nil)
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
