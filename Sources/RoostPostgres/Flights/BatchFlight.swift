import Roost
import RoostData

/// A flight with several statements.
class BatchFlight: PreparedFlight {
    private final let statements: [Statement]
    /// What is known of the first statements.
    private final var shapes: [StatementShape] = []
    private final var steps: [SentStatement] = []
    /// The step whose answer is awaited.
    private final var position = 0

    init(_ statements: [Statement], id: UInt64, deadline: ContinuousClock.Instant?) {
        self.statements = statements
        super.init(id: id, expected: statements.count, deadline: deadline)
    }

    final override func takeShapes(from known: inout LeastRecentlyUsed<String, StatementShape>) -> Statement? {
        while shapes.count < statements.count {
            guard let shape = known.value(of: statements[shapes.count].text) else { return statements[shapes.count] }
            shapes.append(shape)
        }
        return nil
    }

    final override func write(to connection: PostgresConnection) throws(DatabaseError) {
        steps.reserveCapacity(statements.count)
        for (statement, shape) in zip(statements, shapes) {
            let (prepared, isNew) = connection.prepare(shape)
            if isNew { connection.keep(prepared, for: self) }
            try prepared.writeBind(statement.bindings, into: &connection.out)
            connection.out.writeBytes(PreparedStatement.execute)
            steps.append(SentStatement(prepared, isNew: isNew))
        }
    }

    final override var current: PreparedStatement? { position < steps.count ? steps[position].prepared : nil }
    final override var reusesCurrent: Bool { position < steps.count && !steps[position].isNew }

    /// Reads a row of the current statement.
    func read(_ row: PostgresRow) throws {}
    /// Takes the end of the current statement.
    func finish(_ tag: CommandTag) {}

    final override func take(parameters: [OID]) throws(ProtocolViolation) {
        guard position < steps.count else { throw Self.unexpected("a description of parameters") }
        try steps[position].takeParameters()
    }

    final override func take(columns body: UnsafeRawBufferPointer?) throws(ProtocolViolation) {
        guard position < steps.count else { throw Self.unexpected("a description of columns") }
        try steps[position].take(columns: body)
    }

    final override func take(row: UnsafeRawBufferPointer, in cursor: PostgresRow) throws(ProtocolViolation) {
        guard position < steps.count else { throw Self.unexpected("a row") }
        try cursor.take(row, steps[position].currentColumns())
        guard !isAbandoned, fault == nil else { return }
        do { try read(cursor) } catch { fault = error }
        cursor.clear()
    }

    final override func complete(_ tag: CommandTag) {
        finish(tag)
        position += 1
    }
}

/// A flight with several statements that reads each row with a closure.
final class RowsBatchFlight<Row: Sendable>: BatchFlight {
    private let decode: RowDecoder<Row>
    private let caller: UnsafeContinuation<[StatementResult<Row>], any Error>
    private var results: [StatementResult<Row>] = []
    private var rows: [Row] = []

    init(
        _ statements: [Statement], id: UInt64, deadline: ContinuousClock.Instant?, decode: @escaping RowDecoder<Row>,
        caller: UnsafeContinuation<[StatementResult<Row>], any Error>
    ) {
        self.decode = decode
        self.caller = caller
        super.init(statements, id: id, deadline: deadline)
        results.reserveCapacity(statements.count)
    }

    override func read(_ row: PostgresRow) throws {
        var reader = RowReader(row)
        rows.append(try decode(&reader))
    }

    override func finish(_ tag: CommandTag) {
        results.append(StatementResult(rows: rows, changes: tag.changes))
        rows = []
    }

    override func resume(with error: (any Error)?) {
        if let error = error ?? fault { caller.resume(throwing: error) } else { caller.resume(returning: results) }
    }
}

/// A flight with statements of trusted text, whose results are not wanted.
final class ScriptFlight: Flight {
    private let commits: Bool
    private let done: ((any Error)?) -> Void
    private var isRolledBack = false

    /// - Parameters:
    ///   - commits: Whether it fails if the server undoes the transaction instead of committing it.
    ///   - done: Takes the end, on the loop.
    init(
        id: UInt64 = 0, deadline: ContinuousClock.Instant? = nil, commits: Bool = false, done: @escaping ((any Error)?) -> Void
    ) {
        self.commits = commits
        self.done = done
        super.init(id: id, expected: .max, deadline: deadline)
    }

    override func take(columns body: UnsafeRawBufferPointer?) {}
    override func take(row: UnsafeRawBufferPointer, in cursor: PostgresRow) {}
    override func complete(_ tag: CommandTag) { if tag.isRollback { isRolledBack = true } }
    override func resume(with error: (any Error)?) { done(error ?? (commits && isRolledBack ? Lease.failed : nil)) }
}

/// A flight that asks for the shape of a statement.
final class DescribeFlight: Flight {
    let text: String
    private let done: (Result<StatementShape, any Error>) -> Void
    private var parameters: [OID] = []
    private var columns: Columns?

    /// - Parameters:
    ///   - flight: What it is for, if that is a single flight: it then ends as early as that one.
    ///   - done: Takes the shape, on the loop.
    init(_ text: String, for flight: Flight? = nil, done: @escaping (Result<StatementShape, any Error>) -> Void) {
        self.text = text
        self.done = done
        super.init(id: flight?.id ?? 0, expected: 0, deadline: flight?.deadline)
    }

    override func take(parameters: [OID]) { self.parameters = parameters }

    override func take(columns body: UnsafeRawBufferPointer?) throws(ProtocolViolation) {
        columns = try body.map { body throws(ProtocolViolation) in try Columns(body) } ?? Columns.none
    }

    override func resume(with error: (any Error)?) {
        if let error { return done(.failure(error)) }
        guard let columns else { return done(.failure(ProtocolViolation("a statement without a description"))) }
        done(.success(StatementShape(text: text, parameters: parameters, columns: columns)))
    }
}
