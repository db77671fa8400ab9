import Dispatch
import Roost
import RoostData
import Synchronization

/// A connection that reads. Its statements run on the thread of their caller, as long as they are short: that takes a third of the time of
/// changing threads and back. One that reads more than about a thousand of the engine's steps, or would have to wait, is run again on a
/// thread that it may block, and so is every statement that took long the last time.
final class ReaderConnection: Sendable {
    fileprivate struct State {
        let connection: SQLiteConnection
        /// The transaction in progress, or 0 if there is none.
        var transaction: UInt64 = 0
        var transactions: UInt64 = 0
    }

    private let state: Mutex<State>
    private let threads: DispatchQueue

    /// A statement that takes longer leaves the caller's thread the next time. The steps do not bound the time for reading the disk.
    private static let inlineLimit = Duration.microseconds(200)

    /// Opens a connection. This blocks the thread.
    /// - Parameter threads: Runs what takes long. However many statements of a snapshot wait for the connection, they take one of its threads.
    init(_ file: SQLiteFile, on threads: DispatchQueue) throws {
        self.threads = DispatchQueue(label: "roost.sqlite.reader", target: threads)
        state = Mutex(State(connection: try SQLiteConnection.open(file, for: .read)))
    }

    /// Closes the connection. Nobody uses it.
    func close() { state.withLock { $0.connection.close() } }

    /// Begins a transaction. Nobody else uses the connection.
    /// - Returns: Its number.
    func begin() throws -> UInt64 {
        try state.withLock { state in
            try state.connection.run(.beginReading)
            state.transactions += 1
            state.transaction = state.transactions
            return state.transaction
        }
    }

    /// Ends a transaction, and closes its streams.
    func end(_ transaction: UInt64) async {
        let isEnded: Void? = state.withLockIfAvailable { $0.end() }
        if isEnded == nil { await onThread { $0.end() } }
    }

    /// Runs a statement.
    /// - Parameter transaction: The number of the transaction, or 0 for a statement of its own.
    func run<Row: Sendable>(
        _ statement: Statement, in transaction: UInt64 = 0, _ decode: @escaping RowDecoder<Row>
    ) async throws -> StatementResult<Row> {
        let deadline = RequestContext.current?.deadline
        let result = try state.withLockIfAvailable { try $0.runInline(statement, in: transaction, until: deadline, decode) }
        if let result = result ?? nil { return result }
        return try await onThread { state in Result { try state.run(statement, in: transaction, until: deadline, decode) } }.get()
    }

    /// Uses the connection of a transaction on a thread that may be blocked.
    func use<Value: Sendable>(
        in transaction: UInt64, _ body: @escaping @Sendable (SQLiteConnection) throws -> Value
    ) async throws -> Value {
        let deadline = RequestContext.current?.deadline
        return try await onThread { state in Result { try state.use(in: transaction, until: deadline) { try body($0) } } }.get()
    }

    private func onThread<Value: Sendable>(_ body: @escaping @Sendable (inout State) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            threads.async { [self] in continuation.resume(returning: state.withLock { body(&$0) }) }
        }
    }
}

extension ReaderConnection.State {
    fileprivate mutating func end() {
        transaction = 0
        connection.closeCursors()
        // Nothing was changed, so nothing can be lost.
        if connection.isInTransaction { try? connection.run(.commit) }
    }

    fileprivate func use<Value>(
        in transaction: UInt64, inline isInline: Bool = false, until deadline: ContinuousClock.Instant?,
        _ body: (SQLiteConnection) throws -> Value
    ) throws -> Value {
        guard transaction == self.transaction else { throw DatabaseError(.closed, "the transaction is over") }
        return try connection.limited(inline: isInline, until: deadline, body)
    }

    /// - Returns: `nil` if the statement takes too long or would have to wait for others.
    fileprivate func runInline<Row: Sendable>(
        _ statement: Statement, in transaction: UInt64, until deadline: ContinuousClock.Instant?, _ decode: RowDecoder<Row>
    ) throws -> StatementResult<Row>? {
        try use(in: transaction, inline: true, until: deadline) { connection in
            do {
                let prepared = try connection.prepare(statement.text)
                guard !prepared.isSlow else { return nil }
                let start = ContinuousClock.now
                defer { prepared.isSlow = connection.hooks.isGivenUp || .now - start > ReaderConnection.inlineLimit }
                return try connection.run(prepared, statement.bindings, decode)
            } catch  where connection.hooks.isGivenUp {
                return nil
            }
        }
    }

    fileprivate func run<Row: Sendable>(
        _ statement: Statement, in transaction: UInt64, until deadline: ContinuousClock.Instant?, _ decode: RowDecoder<Row>
    ) throws -> StatementResult<Row> {
        try use(in: transaction, until: deadline) { connection in
            let prepared = try connection.prepare(statement.text), start = ContinuousClock.now
            let result = try connection.run(prepared, statement.bindings, decode)
            prepared.isSlow = connection.hooks.ticks >= 2 || .now - start > ReaderConnection.inlineLimit
            return result
        }
    }
}
