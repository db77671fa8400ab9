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
    /// The statement as the flight was sent with it.
    final var sent: SentStatement?
    /// The number of rows that were inserted, updated or deleted.
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
        sent = SentStatement(prepared, isNew: isNew)
    }

    final override var current: PreparedStatement? { sent?.prepared }
    final override var reusesCurrent: Bool { sent?.isNew == false }

    /// Reads one row.
    func read(_ row: PostgresRow) throws {}

    final override func take(row: UnsafeRawBufferPointer, in cursor: PostgresRow) throws(ProtocolViolation) {
        guard let columns = sent?.currentColumns() else { throw Self.unexpected("a row") }
        try cursor.take(row, columns)
        guard !isAbandoned, fault == nil else { return }
        do { try read(cursor) } catch { fault = error }
        cursor.clear()
    }

    final override func take(parameters: [OID]) throws(ProtocolViolation) {
        guard let sent else { throw Self.unexpected("a description of parameters") }
        try sent.takeParameters()
    }

    final override func take(columns body: UnsafeRawBufferPointer?) throws(ProtocolViolation) {
        guard sent != nil else { throw Self.unexpected("a description of columns") }
        try sent?.take(columns: body)
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
        (fault, changes, sent, shape) = (nil, 0, nil, nil)
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
