import NIOCore
import Roost
import RoostData

/// Some of the rows of a result, and where to find the others.
struct Portion<Row: Sendable>: Sendable {
    struct Rest: Sendable {
        let portal: String
        let statement: NIOLoopBound<SentStatement>
    }

    let rows: [Row]
    /// What is left; `nil` at the end.
    let rest: Rest?
}

/// A flight that reads some rows of a result.
final class PortionFlight<Row: Sendable>: StatementFlight {
    private let decode: RowDecoder<Row>
    private let caller: UnsafeContinuation<Portion<Row>, any Error>
    private var rows: [Row] = []

    init(
        _ statement: Statement, portal: String, size: Int32, id: UInt64, deadline: ContinuousClock.Instant?,
        decode: @escaping RowDecoder<Row>, caller: UnsafeContinuation<Portion<Row>, any Error>
    ) {
        self.decode = decode
        self.caller = caller
        super.init(statement, id: id, onlyReads: false, deadline: deadline, start: .now)
        self.portal = portal
        limit = size
    }

    override func read(_ row: PostgresRow) throws {
        var reader = RowReader(row)
        rows.append(try decode(&reader))
    }

    override func resume(with error: (any Error)?) {
        if let error = error ?? fault { return caller.resume(throwing: error) }
        var rest: Portion<Row>.Rest?
        if isPaused, let portal, let sent, let loop = sent.prepared.loop {
            rest = Portion.Rest(portal: portal, statement: NIOLoopBound(sent, eventLoop: loop))
        }
        caller.resume(returning: Portion(rows: rows, rest: rest))
    }

    override func reset() -> Bool { false }
}
