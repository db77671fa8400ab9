import Roost
import RoostData

/// A flight with several statements, of which only the numbers of changed rows are wanted.
final class BatchFlight: Flight {
    private let caller: UnsafeContinuation<[Int], any Error>
    private var changes: [Int] = []

    init(count: Int, id: UInt64 = 0, deadline: ContinuousClock.Instant?, caller: UnsafeContinuation<[Int], any Error>) {
        self.caller = caller
        super.init(id: id, expected: count, deadline: deadline)
    }

    override func take(parameters: [OID]) {}
    override func take(columns body: UnsafeRawBufferPointer?) {}
    override func take(row: UnsafeRawBufferPointer, in cursor: PostgresRow) {}
    override func complete(_ tag: CommandTag) { changes.append(tag.changes) }

    override func resume(with error: (any Error)?) {
        if let error { caller.resume(throwing: error) } else { caller.resume(returning: changes) }
    }
}

/// A flight with statements of trusted text, whose results are not wanted.
final class ScriptFlight: Flight {
    private let done: ((any Error)?) -> Void

    /// - Parameter done: Takes the end, on the loop.
    init(id: UInt64 = 0, deadline: ContinuousClock.Instant? = nil, done: @escaping ((any Error)?) -> Void) {
        self.done = done
        super.init(id: id, expected: .max, deadline: deadline)
    }

    override func take(columns body: UnsafeRawBufferPointer?) {}
    override func take(row: UnsafeRawBufferPointer, in cursor: PostgresRow) {}
    override func resume(with error: (any Error)?) { done(error) }
}

/// A flight that asks for the shape of a statement.
final class DescribeFlight: Flight {
    private let text: String
    private let done: (Result<StatementShape, any Error>) -> Void
    private var parameters: [OID] = []
    private var columns: Columns?

    /// - Parameter done: Takes the shape, on the loop.
    init(_ text: String, deadline: ContinuousClock.Instant? = nil, done: @escaping (Result<StatementShape, any Error>) -> Void) {
        self.text = text
        self.done = done
        super.init(expected: 0, deadline: deadline)
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
