import Roost
import RoostData

/// A flight with several statements.
class BatchFlight: Flight {
    /// A statement as it was sent.
    private struct Step {
        let prepared: PreparedStatement
        /// Whether the flight prepares it.
        let isNew: Bool
        /// The columns as they were asked for.
        var columns: Columns
        /// Whether the connection describes the columns once more, as it does when it prepares the statement.
        var isDescribed: Bool
    }

    private final var steps: [Step] = []
    /// The step whose answer is awaited.
    private final var position = 0
    /// The first row that could not be read.
    private(set) final var fault: (any Error)?

    init(count: Int, id: UInt64, deadline: ContinuousClock.Instant?) {
        super.init(id: id, expected: count, deadline: deadline)
        steps.reserveCapacity(count)
    }

    final override var current: PreparedStatement? { position < steps.count ? steps[position].prepared : nil }
    final override var reusesCurrent: Bool { position < steps.count && !steps[position].isNew }

    /// Notes how the next statement is sent.
    final func add(_ prepared: PreparedStatement, isDescribed: Bool) {
        steps.append(Step(prepared: prepared, isNew: isDescribed, columns: prepared.columns, isDescribed: isDescribed))
    }

    /// Reads a row of the current statement.
    func read(_ row: PostgresRow) throws {}
    /// Takes the end of the current statement.
    func finish(_ tag: CommandTag) {}

    final override func take(parameters: [OID]) throws(ProtocolViolation) {
        guard position < steps.count, steps[position].isDescribed else { throw Self.unexpected("a description of parameters") }
    }

    final override func take(columns body: UnsafeRawBufferPointer?) throws(ProtocolViolation) {
        guard position < steps.count, steps[position].isDescribed else { throw Self.unexpected("a description of columns") }
        steps[position].isDescribed = false
        let prepared = steps[position].prepared, asked = steps[position].columns
        let found = try body.map { body throws(ProtocolViolation) in try Columns(body, formats: asked) } ?? Columns.none
        if found.matches(asked) { return }
        // The same statement may come again.
        for index in position..<steps.count where steps[index].prepared === prepared { steps[index].columns = found }
        prepared.take(try body.map { body throws(ProtocolViolation) in try Columns(body) } ?? Columns.none)
    }

    final override func take(row: UnsafeRawBufferPointer, in cursor: PostgresRow) throws(ProtocolViolation) {
        guard position < steps.count else { throw Self.unexpected("a row") }
        try cursor.take(row, steps[position].columns)
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
        count: Int, id: UInt64 = 0, deadline: ContinuousClock.Instant?, decode: @escaping RowDecoder<Row>,
        caller: UnsafeContinuation<[StatementResult<Row>], any Error>
    ) {
        self.decode = decode
        self.caller = caller
        super.init(count: count, id: id, deadline: deadline)
        results.reserveCapacity(count)
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
