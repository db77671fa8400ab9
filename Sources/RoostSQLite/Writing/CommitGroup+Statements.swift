import Roost
import RoostData

/// The statements of the unit whose body runs.
extension CommitGroup {
    /// Runs a statement.
    func run<Row: Sendable>(_ statement: Statement, _ decode: RowDecoder<Row>, in unit: UnitOfWork) throws -> StatementResult<Row> {
        try perform(in: unit) { connection in
            let prepared = try connection.prepare(statement.text)
            if !prepared.isReadOnly { beginWriting() }
            // A setting may last until the end of the transaction, and must not reach another unit.
            if prepared.isPragma { isSealed = true }
            return try connection.run(prepared, statement.bindings, decode)
        }
    }

    /// Runs a statement that the engine refuses in a transaction. The unit must be alone in its group, as one that changes the schema is.
    func runOutsideTransaction<Row: Sendable>(
        _ statement: Statement, _ decode: RowDecoder<Row>, in unit: UnitOfWork
    ) throws -> StatementResult<Row> {
        try perform(in: unit, isLimited: false) { connection in
            try connection.run(.commit)
            // Without a transaction, the end of the unit reports that it could not begin again.
            defer { try? connection.run(.begin) }
            // It may have transactions of its own, as VACUUM does.
            return try connection.trusting { try connection.run(connection.prepare(statement.text), statement.bindings, decode) }
        }
    }

    /// Runs the statements of a text.
    func run(script: String, in unit: UnitOfWork) throws {
        try perform(in: unit) { connection in
            beginWriting()
            isSealed = true
            try connection.run(script: script)
        }
    }

    /// Begins to write. To end a statement that writes, the engine undoes the whole transaction (https://www.sqlite.org/c3ref/interrupt.html).
    /// If other units have ended in it, the statement runs to its end instead, because they cannot help it.
    private func beginWriting() {
        current?.hasWritten = true
        if !members.isEmpty { connection.hooks.liftDeadline() }
    }

    /// Sets a savepoint of the body, releases it, or undoes everything since it was set.
    func run(_ action: SavepointAction, named name: String, in unit: UnitOfWork) throws {
        try perform(in: unit, isLimited: false) { connection in
            // The name might otherwise be found in another unit.
            let index = current?.savepoints.lastIndex(of: name)
            guard action == .set || index != nil else { throw DatabaseError(.engine, "there is no savepoint \(name)") }
            try connection.run(action, named: name)
            if let index, action != .set { current?.savepoints.removeSubrange(index...) } else { current?.savepoints.append(name) }
        }
    }

    /// Uses the connection for a unit.
    /// - Parameters:
    ///   - unit: The unit.
    ///   - isLimited: Whether a statement ends at the deadline of the call that runs it, unless others would lose what they have written.
    ///   - body: Runs the statements.
    /// - Throws: A `DatabaseError` if it is not the unit's turn any more, or the engine has ended the transaction; a `Problem` with status
    ///   504 if a statement was ended at the deadline of its call.
    func perform<Result>(in unit: UnitOfWork, isLimited: Bool = true, _ body: (SQLiteConnection) throws -> Result) throws -> Result {
        guard let current, current.unit === unit else { throw unit.refusal ?? DatabaseError(.closed, "the transaction is over") }
        guard !current.isLost, connection.isInTransaction else { throw Self.ended }
        do {
            guard isLimited else { return try body(connection) }
            return try connection.limited(until: RequestContext.current?.deadline ?? unit.callDeadline, body)
        } catch {
            if !connection.isInTransaction { lose(error) }
            throw error
        }
    }
}
